using System.Diagnostics;
using System.Net;
using System.Text;
using Orleans.Mail.LoadGenerator.Connections;
using Orleans.Mail.LoadGenerator.Measuring;

namespace Orleans.Mail.LoadGenerator.Hostile;

/// <param name="Target">The POP3 server.</param>
/// <param name="Limit">The longest that it may take.</param>
/// <param name="Connections">Guessers at a time.</param>
/// <param name="Logins">Wrong logins in all; a connection that is refused counts as one.</param>
/// <param name="Addresses">The source addresses.</param>
/// <param name="Users">Users that are guessed at.</param>
/// <param name="Password">Their right password, for the user who logs in beside.</param>
internal sealed record GuessOptions(IPEndPoint Target, TimeSpan Limit, int Connections, int Logins, int Addresses, int Users, string Password);

/// <summary>
/// Guesses passwords from many addresses at users that exist, while right users log in, each from an address of its own.
/// </summary>
internal sealed class Guess(GuessOptions options)
{
    // Right users come from the end of the network.
    private const int FirstRight = 60_000;

    private readonly ErrorLog errors = new();
    private readonly LatencySamples right = new();
    private int begun;
    private int refusedLogins;
    private int refusedConnections;
    private int rightLogins;
    private int rightRefused;

    public async Task<Report> RunAsync(CancellationToken cancellationToken)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        end.CancelAfter(options.Limit);
        using var done = CancellationTokenSource.CreateLinkedTokenSource(end.Token);
        var started = Stopwatch.GetTimestamp();
        var users = LogInRightlyAsync(done.Token);
        await Task.WhenAll(Enumerable.Range(0, options.Connections).Select(_ => GuessAsync(end.Token)));
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        await done.CancelAsync();
        await users;

        var guesses = refusedLogins + refusedConnections;
        var report = new Report("guess") { Succeeded = errors.Count == 0 && rightRefused == 0 && guesses >= options.Logins };
        report.Add("guesses", guesses);
        report.Add("refused_logins", refusedLogins);
        report.Add("refused_connections", refusedConnections);
        report.Add("right_logins", rightLogins);
        report.Add("right_refused", rightRefused);
        report.Add("errors", errors.Count);
        report.Add("seconds", seconds, 1);
        report.Add("guesses_per_s", guesses / seconds, 0);
        right.Report("right", report);
        return report;
    }

    private async Task GuessAsync(CancellationToken end)
    {
        var buffer = new byte[512];
        while (!end.IsCancellationRequested && Interlocked.Increment(ref begun) is var number && number <= options.Logins)
        {
            try
            {
                using var connection = await ClientConnection.OpenAsync(options.Target, buffer, end, Sources.Of(number % options.Addresses));
                if (!IsOk(await connection.ReadLineAsync()))
                {
                    Interlocked.Increment(ref refusedConnections);
                    continue;
                }

                if (await LogInAsync(connection, UserOf(number % options.Users), $"wrong-{number}"))
                    errors.Add("guessed", "a wrong password was accepted");
                Interlocked.Increment(ref refusedLogins);
            }
            catch (Exception lost) when (ErrorLog.IsConnectionLoss(lost))
            {
                if (!end.IsCancellationRequested)
                    errors.Add("connection lost", lost.Message);
            }
        }
    }

    private async Task LogInRightlyAsync(CancellationToken end)
    {
        var buffer = new byte[512];
        for (var number = 0; !end.IsCancellationRequested; number++)
        {
            try
            {
                var user = number % Math.Min(options.Users, 1000);
                var begin = Stopwatch.GetTimestamp();
                using var connection = await ClientConnection.OpenAsync(options.Target, buffer, end, Sources.Of(FirstRight + user));
                var isIn = IsOk(await connection.ReadLineAsync())
                    && await LogInAsync(connection, UserOf(user), options.Password);
                right.Add(begin, Stopwatch.GetTimestamp());
                rightLogins++;
                if (!isIn)
                    rightRefused++;
                await connection.SendAsync("QUIT\r\n"u8.ToArray());
                await connection.ReadLineAsync();
                await Task.Delay(TimeSpan.FromMilliseconds(50), end);
            }
            catch (Exception lost) when (ErrorLog.IsConnectionLoss(lost))
            {
                if (!end.IsCancellationRequested)
                    errors.Add("a right user lost the connection", lost.Message);
            }
        }
    }

    private static async Task<bool> LogInAsync(ClientConnection connection, string user, string password)
    {
        await connection.SendAsync(Encoding.UTF8.GetBytes($"USER {user}\r\n"));
        await connection.ReadLineAsync();
        await connection.SendAsync(Encoding.UTF8.GetBytes($"PASS {password}\r\n"));
        return IsOk(await connection.ReadLineAsync());
    }

    private static string UserOf(int number) => $"u{number}@bench.test";

    private static bool IsOk(ReadOnlyMemory<byte> line) => line.Span.StartsWith("+OK"u8);
}
