using System.Text;

namespace Orleans.Mail.Protocols.Smtp;

/// <summary>A reply: three digits, an enhanced status code where one belongs (RFC 2034, RFC 3463) and text, already encoded.</summary>
public sealed class SmtpReply
{
    private readonly byte[] octets;

    /// <param name="code">The reply code (RFC 5321 4.2).</param>
    /// <param name="enhanced">The enhanced status code; empty for greetings, HELO, EHLO and 354.</param>
    /// <param name="lines">The text, one or more lines without line ends.</param>
    public SmtpReply(int code, string enhanced, params ReadOnlySpan<string> lines)
    {
        Code = code;
        Enhanced = enhanced;
        Text = lines[0];
        octets = Encode(code, enhanced, lines);
    }

    public int Code { get; }

    public string Enhanced { get; }

    /// <summary>The first line's text.</summary>
    public string Text { get; }

    /// <summary>The whole reply as it is sent, with its line ends.</summary>
    public ReadOnlySpan<byte> Octets => octets;

    /// <summary>The whole reply, for those that keep it.</summary>
    public ReadOnlyMemory<byte> Memory => octets;

    /// <summary>4xx or 5xx.</summary>
    public bool IsRefusal => Code >= 400;

    /// <summary>5xx: what the client did is wrong and stays wrong.</summary>
    public bool IsError => Code >= 500;

    public override string ToString() => Enhanced.Length == 0 ? $"{Code} {Text}" : $"{Code} {Enhanced} {Text}";

    private static byte[] Encode(int code, string enhanced, ReadOnlySpan<string> lines)
    {
        if (lines.Length == 1)
            return Encoding.UTF8.GetBytes(enhanced.Length == 0 ? $"{code} {lines[0]}\r\n" : $"{code} {enhanced} {lines[0]}\r\n");
        var text = new StringBuilder();
        for (var i = 0; i < lines.Length; i++)
        {
            text.Append(code).Append(i == lines.Length - 1 ? ' ' : '-');
            if (enhanced.Length > 0)
                text.Append(enhanced).Append(' ');
            text.Append(lines[i]).Append("\r\n");
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }
}
