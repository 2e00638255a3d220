using System.Diagnostics;
using System.Net;
using System.Text;
using Orleans.Mail.LoadGenerator.Connections;
using Orleans.Mail.LoadGenerator.Measuring;

namespace Orleans.Mail.LoadGenerator.Setup;

/// <param name="Target">The server's management port.</param>
/// <param name="Limit">Everything is broken off after this time.</param>
/// <param name="AdministrationPassword">For LOGIN.</param>
/// <param name="Domain">The domain to add.</param>
/// <param name="Users">How many users u<c>FirstUser</c>... to add; the domain is added with user 0.</param>
/// <param name="FirstUser">The first of them.</param>
/// <param name="Password">Of all users.</param>
/// <param name="AliasDomain">A second domain, in which the users' names are aliases of theirs; empty = none.</param>
internal sealed record MailboxSetupOptions(
    IPEndPoint Target,
    TimeSpan Limit,
    string AdministrationPassword,
    string Domain,
    int Users,
    int FirstUser,
    string Password,
    string AliasDomain);

/// <summary>Adds the domain and the users of a benchmark through the management port.</summary>
internal sealed class MailboxSetup(MailboxSetupOptions options)
{
    /// <summary>Commands under way: the server answers in order, and its replies must not fill the socket while we only write.</summary>
    private const int Window = 100;

    private readonly ErrorLog errors = new();
    private int added;

    public async Task<Report> RunAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(options.Limit);
        var started = Stopwatch.GetTimestamp();
        try
        {
            using var connection = await ClientConnection.OpenAsync(options.Target, new byte[16 * 1024], limit.Token);
            await ExpectOkAsync(connection);
            await CommandAsync(connection, $"LOGIN {options.AdministrationPassword}");
            if (options.FirstUser == 0)
                await CommandAsync(connection, $"DOMAIN ADD NAME={options.Domain}");
            await AddAllAsync(connection, user => $"USER ADD NAME=u{user} DOMAIN={options.Domain} PASS={options.Password}");
            added = options.Users;
            if (options.AliasDomain.Length > 0)
            {
                await CommandAsync(connection, $"DOMAIN ADD NAME={options.AliasDomain}");
                await AddAllAsync(connection, user => $"ALIAS ADD NAME=u{user} DOMAIN={options.AliasDomain} FORWARD=u{user}@{options.Domain}");
            }

            await CommandAsync(connection, "QUIT");
        }
        catch (Exception lost) when (ErrorLog.IsConnectionLoss(lost))
        {
            errors.Add("setup", limit.IsCancellationRequested ? "the time is over" : lost.Message);
        }

        var report = new Report("setup") { Succeeded = errors.Count == 0 };
        report.Add("users", added);
        report.Add("errors", errors.Count);
        report.Add("seconds", Stopwatch.GetElapsedTime(started).TotalSeconds, 3);
        return report;
    }

    private async Task AddAllAsync(ClientConnection connection, Func<int, string> command)
    {
        foreach (var users in Enumerable.Range(options.FirstUser, options.Users).Chunk(Window))
        {
            await connection.SendAsync(Encoding.UTF8.GetBytes(string.Concat(users.Select(user => command(user) + "\r\n"))));
            for (var i = 0; i < users.Length; i++)
                await ExpectOkAsync(connection);
        }
    }

    private static async Task CommandAsync(ClientConnection connection, string command)
    {
        await connection.SendAsync(Encoding.UTF8.GetBytes(command + "\r\n"));
        await ExpectOkAsync(connection);
    }

    /// <summary>Reads data lines until the status line, which is <c>OK</c> or <c>ER</c>, four digits and a space.</summary>
    private static async Task ExpectOkAsync(ClientConnection connection)
    {
        while (true)
        {
            var line = Encoding.UTF8.GetString((await connection.ReadLineAsync()).Span);
            if (line.Length < 7 || line[6] != ' ' || line.AsSpan(2, 4).ContainsAnyExceptInRange('0', '9'))
                continue;
            if (line.StartsWith("OK", StringComparison.Ordinal))
                return;
            if (line.StartsWith("ER", StringComparison.Ordinal))
                throw new IOException(line);
        }
    }
}
