using System.Buffers.Text;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Unicode;
using Orleans.Mail.LoadGenerator.Connections;
using Orleans.Mail.LoadGenerator.Measuring;

namespace Orleans.Mail.LoadGenerator.Pop3;

/// <summary>One session after another, each of another user. Its buffers serve all of them.</summary>
internal sealed class Pop3Slot(Pop3Load load)
{
    private static readonly byte[] StatCommand = "STAT\r\n"u8.ToArray();
    private static readonly byte[] UidlCommand = "UIDL\r\n"u8.ToArray();
    private static readonly byte[] QuitCommand = "QUIT\r\n"u8.ToArray();

    private readonly byte[] received = new byte[64 * 1024];
    private readonly byte[] command = new byte[512];
    private readonly byte[] pass = Encoding.UTF8.GetBytes($"PASS {load.Options.Password}\r\n");
    private readonly CompositeFormat userFormat = CompositeFormat.Parse(load.Options.UserFormat);

    public async Task RunAsync(CancellationToken limit)
    {
        while (!limit.IsCancellationRequested && load.BeginSession(out var user))
        {
            try
            {
                await RunSessionAsync(user, limit);
            }
            catch (Exception lost) when (ErrorLog.IsConnectionLoss(lost))
            {
                load.Errors.Add("session lost", limit.IsCancellationRequested ? "the time is over" : lost.Message);
                load.CountFailed();
            }

            load.EndSession(user);
        }
    }

    private async Task RunSessionAsync(int user, CancellationToken limit)
    {
        var opened = Stopwatch.GetTimestamp();
        using var connection = await ClientConnection.OpenAsync(load.Options.Target, received, limit);
        await ReadStatusAsync(connection);
        await LogInAsync(connection, user);
        await RunOperationsAsync(connection);
        await connection.SendAsync(QuitCommand);
        var quit = Stopwatch.GetTimestamp();
        await ReadStatusAsync(connection);
        var closed = Stopwatch.GetTimestamp();
        load.Quit.Add(quit, closed);
        load.CountDone(opened, closed);
    }

    private async Task LogInAsync(ClientConnection connection, int user)
    {
        var begin = Stopwatch.GetTimestamp();
        var name = string.Format(CultureInfo.InvariantCulture, userFormat, user);
        await connection.SendAsync(Encoding.UTF8.GetBytes($"USER {name}\r\n"));
        await ReadStatusAsync(connection);
        await connection.SendAsync(pass);
        await ReadStatusAsync(connection);
        load.Login.Add(begin, Stopwatch.GetTimestamp());
    }

    private async Task RunOperationsAsync(ClientConnection connection)
    {
        var operations = load.Options.Operations;
        var messages = 0;
        if (operations.HasFlag(Pop3Operations.Stat))
        {
            messages = await StatAsync(connection);
            load.CountListed(messages);
        }

        if (operations.HasFlag(Pop3Operations.Uidl))
        {
            var begin = Stopwatch.GetTimestamp();
            await connection.SendAsync(UidlCommand);
            await ReadStatusAsync(connection);
            await connection.DropLinesAsync();
            load.Uidl.Add(begin, Stopwatch.GetTimestamp());
        }

        for (var message = 1; message <= messages && message <= load.Options.MessagesAtMost; message++)
        {
            if (operations.HasFlag(Pop3Operations.Retr))
                await RetrAsync(connection, message);
            if (operations.HasFlag(Pop3Operations.Dele))
            {
                await connection.SendAsync(Command("DELE", message));
                await ReadStatusAsync(connection);
                load.CountDeleted();
            }
        }
    }

    private async Task<int> StatAsync(ClientConnection connection)
    {
        var begin = Stopwatch.GetTimestamp();
        await connection.SendAsync(StatCommand);
        var reply = await ReadStatusAsync(connection);
        load.Stat.Add(begin, Stopwatch.GetTimestamp());
        if (!Utf8Parser.TryParse(reply.Span["+OK ".Length..], out int messages, out _))
            throw new IOException("this is no reply to STAT");
        return messages;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask RetrAsync(ClientConnection connection, int message)
    {
        var begin = Stopwatch.GetTimestamp();
        await connection.SendAsync(Command("RETR", message));
        await ReadStatusAsync(connection);
        var octets = await connection.DropLinesAsync();
        load.Retr.Add(begin, Stopwatch.GetTimestamp());
        load.CountRetrieved(octets);
    }

    private ReadOnlyMemory<byte> Command(string verb, int message)
    {
        Utf8.TryWrite(command, $"{verb} {message}\r\n", out var length);
        return command.AsMemory(0, length);
    }

    /// <summary>A status line that must be +OK: after an error a session is of no use to the measurement.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private static async ValueTask<ReadOnlyMemory<byte>> ReadStatusAsync(ClientConnection connection)
    {
        var line = await connection.ReadLineAsync();
        return line.Span.StartsWith("+OK"u8) ? line : throw new IOException(Encoding.UTF8.GetString(line.Span));
    }
}
