using System.Text.Unicode;

namespace Orleans.Mail.LoadGenerator.Smtp;

/// <summary>
/// Messages of one size: a header block of fixed length, unique to each message, and a body that all share. Each
/// connection has a <see cref="Buffer"/> with the header and as much of the body as one packet should carry.
/// </summary>
internal sealed class LoadMessage
{
    public const int SmallestSize = HeaderLength + 5;
    public const int LongestName = 40; // keeps the header block inside its length

    private const int HeaderLength = 256;
    private const int FirstPart = 64 * 1024;

    private readonly byte[] body;
    private readonly string run = Guid.NewGuid().ToString("N")[..12];
    private readonly SmtpLoadOptions options;

    public LoadMessage(SmtpLoadOptions options)
    {
        this.options = options;
        body = MakeBody(options.Size - HeaderLength);
    }

    /// <summary>A connection's own copy of the first part.</summary>
    public sealed class Buffer(LoadMessage message)
    {
        private readonly byte[] first = [.. new byte[HeaderLength], .. message.body.AsSpan(..Math.Min(message.body.Length, FirstPart))];

        /// <summary>The rest of every message, the final dot included; often empty.</summary>
        public ReadOnlyMemory<byte> Rest => message.body.AsMemory(first.Length - HeaderLength);

        /// <summary>Writes the header of message <paramref name="number"/>; valid until the next call.</summary>
        public ReadOnlyMemory<byte> Fill(int number, int user)
        {
            var options = message.options;
            var header = first.AsSpan(0, HeaderLength);
            header.Fill((byte)'f');
            Utf8.TryWrite(
                header,
                $"From: <{options.Sender}>\r\nTo: <u{user}@{options.Domain}>\r\nSubject: load {number}\r\nDate: Thu, 01 Jan 2026 00:00:00 +0000\r\nMessage-ID: <{message.run}.{number}@client.test>\r\nX-Fill: ",
                out _);
            "\r\n\r\n"u8.CopyTo(header[^4..]);
            return first;
        }
    }

    private static byte[] MakeBody(int length)
    {
        var line = "abcdefghijklmnopqrstuvwxyz ABCDEFGHIJKLMNOPQRSTUVWXYZ 0123456789 0123456789.\r\n"u8;
        var body = new byte[length + 3];
        var rest = body.AsSpan(0, length - 2);
        for (; rest.Length > line.Length; rest = rest[line.Length..])
            line.CopyTo(rest);
        rest.Fill((byte)'x');
        "\r\n.\r\n"u8.CopyTo(body.AsSpan(^5..));
        return body;
    }
}
