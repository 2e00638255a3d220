using System.Net.Sockets;
using System.Security.Cryptography;

namespace Orleans.Mail.LoadGenerator.Sink;

/// <summary>One connection of the sink. All commands that have come are answered in one packet.</summary>
internal sealed class SinkSession(Socket socket, SmtpSink sink)
{
    private const int HeaderLength = 2048; // of a message, in which its Message-ID is looked for

    private readonly byte[] buffer = new byte[64 * 1024];
    private readonly byte[] header = new byte[HeaderLength];
    private readonly MemoryStream replies = new();
    private int filled;
    private bool inData;
    private int headerFilled;
    private long size;
    private uint tail;

    public async Task RunAsync(CancellationToken limit)
    {
        try
        {
            socket.NoDelay = true;
            await socket.SendAsync("220 sink.test ESMTP\r\n"u8.ToArray(), limit);
            while (await socket.ReceiveAsync(buffer.AsMemory(filled), limit) is > 0 and var received)
            {
                filled += received;
                var leave = Consume();
                if (replies.Length > 0)
                    await socket.SendAsync(replies.GetBuffer().AsMemory(0, (int)replies.Length), limit);
                replies.SetLength(0);
                if (leave)
                    break;
            }
        }
        catch (Exception lost) when (lost is SocketException or OperationCanceledException)
        {
            // The peer left, or the run is over: what was counted counts.
        }
        finally
        {
            socket.Dispose();
        }
    }

    /// <summary>Takes what has come. True after QUIT.</summary>
    private bool Consume()
    {
        var rest = buffer.AsSpan(0, filled);
        while (!rest.IsEmpty)
        {
            if (inData)
            {
                rest = rest[TakeData(rest)..];
                continue;
            }

            var line = rest.IndexOf((byte)'\n');
            if (line < 0)
                break;
            if (Answer(rest[..line]))
                return true;
            rest = rest[(line + 1)..];
        }

        rest.CopyTo(buffer);
        filled = rest.Length;
        return false;
    }

    private bool Answer(ReadOnlySpan<byte> line)
    {
        switch (line.Length > 0 ? line[0] | 0x20 : 0)
        {
            case 'e':
                replies.Write("250-sink.test\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 SIZE 268435456\r\n"u8);
                break;
            case 'd':
                replies.Write("354 go ahead\r\n"u8);
                (inData, headerFilled, size, tail) = (true, 0, 0, 0x0D0A);
                break;
            case 'q':
                replies.Write("221 bye\r\n"u8);
                return true;
            default:
                replies.Write("250 ok\r\n"u8);
                break;
        }

        return false;
    }

    /// <summary>Takes octets of a message up to its final dot. Returns how many.</summary>
    private int TakeData(ReadOnlySpan<byte> octets)
    {
        var taken = FindEnd(octets);
        var part = octets[..taken];
        var room = Math.Min(part.Length, HeaderLength - headerFilled);
        part[..room].CopyTo(header.AsSpan(headerFilled));
        headerFilled += room;
        size += taken;
        if (!inData)
        {
            sink.Count(Identity(), size);
            replies.Write("250 taken\r\n"u8);
        }

        return taken;
    }

    // CRLF.CRLF, wherever the packets part it: the last four octets are carried over.
    private int FindEnd(ReadOnlySpan<byte> octets)
    {
        for (var i = 0; i < octets.Length; i++)
        {
            var next = octets[i..].IndexOf((byte)'\n');
            var until = next < 0 ? octets.Length : i + next + 1;
            for (var j = Math.Max(i, until - 4); j < until; j++)
            {
                if (octets[j] == '\n' && tail == 0x0D0A_2E0D)
                {
                    inData = false;
                    return j + 1;
                }

                tail = (tail << 8) | octets[j];
            }

            i = until - 1;
        }

        return octets.Length;
    }

    /// <summary>A hash of the Message-ID; of all the header that was kept where there is none.</summary>
    private ulong Identity()
    {
        var text = header.AsSpan(0, headerFilled);
        if (text.IndexOf("Message-ID: "u8) is >= 0 and var start && text[start..].IndexOf((byte)'\r') is > 0 and var length)
            text = text.Slice(start, length);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(text, hash);
        return BitConverter.ToUInt64(hash);
    }
}
