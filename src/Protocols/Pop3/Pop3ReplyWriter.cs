using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Unicode;
using Orleans.Mail.Protocols.Sasl;

namespace Orleans.Mail.Protocols.Pop3;

/// <summary>Writes the replies that hold figures or names.</summary>
public static class Pop3ReplyWriter
{
    // Room for the words of any reply here, three numbers and a unique-id of RFC 1939 section 7 (70 characters).
    private const int MaxLength = 192;

    /// <summary>The greeting. It holds no <c>&lt;…@…&gt;</c>: that would offer APOP (RFC 1939 section 7).</summary>
    public static void WriteGreeting(this IBufferWriter<byte> output, string hostName, string version) =>
        output.Write(Encoding.ASCII.GetBytes($"+OK {hostName} eXtremail-compatible Orleans.Mail V{version} POP3 server ready\r\n"));

    /// <summary>STAT.</summary>
    public static void WriteStat(this IBufferWriter<byte> output, long messages, long octets)
    {
        Utf8.TryWrite(output.GetSpan(MaxLength), CultureInfo.InvariantCulture, $"+OK {messages} {octets}\r\n", out var written);
        output.Advance(written);
    }

    /// <summary>The end of a login.</summary>
    public static void WriteMailboxOpen(this IBufferWriter<byte> output, long messages, long octets)
    {
        Utf8.TryWrite(output.GetSpan(MaxLength), CultureInfo.InvariantCulture, $"+OK {messages} messages ({octets} octets)\r\n", out var written);
        output.Advance(written);
    }

    /// <summary>The first line of RETR.</summary>
    public static void WriteMessageFollows(this IBufferWriter<byte> output, long octets)
    {
        Utf8.TryWrite(output.GetSpan(MaxLength), CultureInfo.InvariantCulture, $"+OK {octets} octets\r\n", out var written);
        output.Advance(written);
    }

    /// <summary>A line of LIST.</summary>
    public static void WriteScanListing(this IBufferWriter<byte> output, int message, long octets)
    {
        Utf8.TryWrite(output.GetSpan(MaxLength), CultureInfo.InvariantCulture, $"{message} {octets}\r\n", out var written);
        output.Advance(written);
    }

    /// <summary>A line of UIDL.</summary>
    public static void WriteUniqueIdListing(this IBufferWriter<byte> output, int message, string uniqueId)
    {
        Utf8.TryWrite(output.GetSpan(MaxLength), CultureInfo.InvariantCulture, $"{message} {uniqueId}\r\n", out var written);
        output.Advance(written);
    }

    /// <summary>CAPA (RFC 2449 section 5).</summary>
    /// <param name="output">Where to.</param>
    /// <param name="version">Our version.</param>
    /// <param name="user">Whether USER and PASS may be said.</param>
    /// <param name="mechanisms">Those of AUTH, parted by spaces; empty = AUTH is not offered.</param>
    /// <param name="startTls">Whether STLS may be said.</param>
    public static void WriteCapabilities(this IBufferWriter<byte> output, string version, bool user, string mechanisms, bool startTls)
    {
        output.Write("+OK capabilities follow\r\n"u8);
        if (user)
            output.Write("USER\r\n"u8);
        output.Write("TOP\r\nUIDL\r\nPIPELINING\r\nRESP-CODES\r\nAUTH-RESP-CODE\r\n"u8);
        if (startTls)
            output.Write("STLS\r\n"u8); // RFC 2595 section 4
        if (mechanisms.Length > 0)
            output.Write(Encoding.ASCII.GetBytes($"SASL {mechanisms}\r\n"));
        output.Write(user ? "EXPIRE NEVER\r\nUTF8 USER\r\n"u8 : "EXPIRE NEVER\r\nUTF8\r\n"u8); // RFC 6856 section 2.2: USER takes UTF-8, too
        output.Write(Encoding.ASCII.GetBytes($"IMPLEMENTATION Orleans.Mail-V{version}\r\n.\r\n"));
    }

    /// <summary>AUTH without a mechanism: those there are, one a line, as clients of the time before RFC 5034 ask for them.</summary>
    public static void WriteMechanisms(this IBufferWriter<byte> output, IReadOnlyList<SaslMechanism> mechanisms)
    {
        output.Write("+OK mechanisms follow\r\n"u8);
        foreach (var mechanism in mechanisms)
            output.Write(Encoding.ASCII.GetBytes($"{SaslMechanisms.NameOf(mechanism)}\r\n"));
        output.Write(Pop3Reply.End);
    }

    /// <summary>The server's turn in a SASL exchange (RFC 5034 section 4).</summary>
    public static void WriteChallenge(this IBufferWriter<byte> output, string text) => output.Write(Encoding.ASCII.GetBytes($"+ {text}\r\n"));
}
