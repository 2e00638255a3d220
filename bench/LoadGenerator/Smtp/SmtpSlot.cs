using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Unicode;
using Orleans.Mail.LoadGenerator.Connections;
using Orleans.Mail.LoadGenerator.Measuring;

namespace Orleans.Mail.LoadGenerator.Smtp;

/// <summary>One connection after another, each with its share of the messages. Its buffers serve all of them.</summary>
internal sealed class SmtpSlot(SmtpLoad load)
{
    private static readonly byte[] Ehlo = "EHLO client.test\r\n"u8.ToArray();
    private static readonly byte[] StartTls = "STARTTLS\r\n"u8.ToArray();
    private static readonly byte[] Data = "DATA\r\n"u8.ToArray();
    private static readonly byte[] EmptyMessage = ".\r\n"u8.ToArray();
    private static readonly byte[] Quit = "QUIT\r\n"u8.ToArray();

    private readonly byte[] received = new byte[4096];
    private readonly byte[] envelope = new byte[512];
    private readonly LoadMessage.Buffer message = new(load.Message);
    private string sender = "";
    private byte[] mail = [];
    private int left;
    private Phase phase;

    private enum Phase
    {
        Greeting,
        Transaction,
        Quit,
    }

    public async Task RunAsync(CancellationToken limit)
    {
        while (!limit.IsCancellationRequested && (left = load.ReserveConnection()) > 0)
        {
            try
            {
                await RunConnectionAsync(limit);
            }
            catch (Exception lost) when (ErrorLog.IsConnectionLoss(lost))
            {
                CountLoss(lost, limit.IsCancellationRequested);
            }

            load.Release(left);
        }
    }

    private async Task RunConnectionAsync(CancellationToken limit)
    {
        phase = Phase.Greeting;
        var opened = Stopwatch.GetTimestamp();
        using var connection = await ClientConnection.OpenAsync(load.Options.Target, received, limit);
        if (load.Options.Tls == TlsMode.Implicit)
            await connection.StartTlsAsync(limit);
        if (!await IsExpectedAsync(connection, "banner"))
            return;
        load.Banner.Add(opened, Stopwatch.GetTimestamp());
        if (!await GreetAsync(connection))
            return;
        if (load.Options.Tls == TlsMode.StartTls)
        {
            await connection.SendAsync(StartTls);
            if (!await IsExpectedAsync(connection, "STARTTLS"))
                return;
            await connection.StartTlsAsync(limit);
            if (!await GreetAsync(connection))
                return;
        }

        sender = load.Login.NextUser();
        mail = Encoding.UTF8.GetBytes($"MAIL FROM:<{sender}>\r\n");
        if (load.Options.Login != SmtpLoginKind.None && !IsExpected(await load.Login.LogInAsync(connection, sender), "AUTH"))
            return;
        while (left > 0)
        {
            left--;
            phase = Phase.Transaction;
            if (!await SendMessageAsync(connection))
                break;
        }

        phase = Phase.Quit;
        await connection.SendAsync(Quit);
        if (load.Options.AwaitQuit)
            await ReadReplyAsync(connection);
    }

    private async Task<bool> GreetAsync(ClientConnection connection)
    {
        await connection.SendAsync(Ehlo);
        return await IsExpectedAsync(connection, "EHLO");
    }

    private async Task<bool> IsExpectedAsync(ClientConnection connection, string step) => IsExpected(await ReadReplyAsync(connection), step);

    private bool IsExpected(ReadOnlyMemory<byte> reply, string step)
    {
        if (reply.Span[0] == '2')
            return true;
        load.Errors.Add(step, reply);
        load.CountFailedConnection();
        return false;
    }

    /// <summary>One transaction.</summary>
    /// <returns>Whether the connection can be used for another.</returns>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> SendMessageAsync(ClientConnection connection)
    {
        var options = load.Options;
        var number = load.BeginMessage();
        var user = options.FirstUser + number % options.Users;
        var begin = Stopwatch.GetTimestamp();
        if (options.Pipelining)
        {
            await connection.SendAsync(Envelope(user));
            var refused = await IsRefusedAsync(connection, "MAIL", '2');
            refused |= await IsRefusedAsync(connection, "RCPT", '2', refused);
            if (await IsRefusedAsync(connection, "DATA", '3', refused))
                return false;
            if (refused)
            {
                await connection.SendAsync(EmptyMessage);
                await ReadReplyAsync(connection);
                return true;
            }
        }
        else
        {
            await connection.SendAsync(mail);
            if (await IsRefusedAsync(connection, "MAIL", '2'))
                return false;
            await connection.SendAsync(Recipient(user));
            if (await IsRefusedAsync(connection, "RCPT", '2'))
                return false;
            await connection.SendAsync(Data);
            if (await IsRefusedAsync(connection, "DATA", '3'))
                return false;
        }

        await connection.SendAsync(message.Fill(number, user));
        if (!message.Rest.IsEmpty)
            await connection.SendAsync(message.Rest);
        var endOfData = Stopwatch.GetTimestamp();
        if (!await IsRefusedAsync(connection, "end of data", '2'))
            load.CountAccepted(begin, endOfData, Stopwatch.GetTimestamp());
        return true;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> IsRefusedAsync(ClientConnection connection, string step, char expected, bool counted = false)
    {
        var reply = await ReadReplyAsync(connection);
        if (reply.Span[0] == expected)
            return false;
        if (!counted)
        {
            load.Errors.Add(step, reply);
            load.CountRejected();
        }

        return true;
    }

    /// <summary>The last line of a reply (RFC 5321 4.2.1), never shorter than a code and a space.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    internal static async ValueTask<ReadOnlyMemory<byte>> ReadReplyAsync(ClientConnection connection)
    {
        while (true)
        {
            while (connection.TryTakeLine(out var line))
            {
                if (line.Length < 3)
                    throw new IOException("this is no SMTP reply");
                if (line.Length == 3 || line.Span[3] != '-')
                    return line;
            }

            await connection.ReceiveAsync();
        }
    }

    private ReadOnlyMemory<byte> Recipient(int user)
    {
        Utf8.TryWrite(envelope, $"RCPT TO:<u{user}@{load.Options.Domain}>\r\n", out var length);
        return envelope.AsMemory(0, length);
    }

    private ReadOnlyMemory<byte> Envelope(int user)
    {
        Utf8.TryWrite(envelope, $"MAIL FROM:<{sender}>\r\nRCPT TO:<u{user}@{load.Options.Domain}>\r\nDATA\r\n", out var length);
        return envelope.AsMemory(0, length);
    }

    private void CountLoss(Exception lost, bool brokenOff)
    {
        if (phase == Phase.Quit)
            return; // all that mattered was answered
        load.Errors.Add("connection lost", brokenOff ? "the time is over" : lost.Message);
        if (phase == Phase.Transaction)
            load.CountRejected();
        else
            load.CountFailedConnection();
    }
}
