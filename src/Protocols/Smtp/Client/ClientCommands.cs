using System.Buffers;
using System.Globalization;
using System.Text;

namespace Orleans.Mail.Protocols.Smtp.Client;

/// <summary>Writes commands (RFC 5321 4.1.1). Paths and parameters come from <see cref="ClientPath"/> and <see cref="Xtext"/>, so that no value can hold a line end.</summary>
public static class ClientCommands
{
    public static void Hello(IBufferWriter<byte> output, string verb, string name) => Write(output, $"{verb} {name}\r\n");

    public static void StartTls(IBufferWriter<byte> output) => output.Write("STARTTLS\r\n"u8);

    public static void Data(IBufferWriter<byte> output) => output.Write("DATA\r\n"u8);

    /// <summary>The end of an empty message, for a server that wants one although it took no recipient (RFC 2920 3.1).</summary>
    public static void Dot(IBufferWriter<byte> output) => output.Write(".\r\n"u8);

    public static void Reset(IBufferWriter<byte> output) => output.Write("RSET\r\n"u8);

    public static void Quit(IBufferWriter<byte> output) => output.Write("QUIT\r\n"u8);

    /// <summary>AUTH PLAIN with its initial response (RFC 4616).</summary>
    public static void AuthPlain(IBufferWriter<byte> output, string user, string password) =>
        Write(output, $"AUTH PLAIN {Base64($"\0{user}\0{password}")}\r\n");

    public static void AuthLogin(IBufferWriter<byte> output) => output.Write("AUTH LOGIN\r\n"u8);

    /// <summary>A line of AUTH LOGIN: the user or the password.</summary>
    public static void AuthResponse(IBufferWriter<byte> output, string value) => Write(output, $"{Base64(value)}\r\n");

    /// <summary>MAIL with the parameters that the server knows.</summary>
    public static void Mail(IBufferWriter<byte> output, in MailCommand command, PeerCapabilities peer)
    {
        output.Write("MAIL FROM:<"u8);
        Write(output, command.Path);
        output.Write(">"u8);
        if (peer.Size)
            Write(output, string.Create(CultureInfo.InvariantCulture, $" SIZE={command.Size}"));
        if (peer.EightBit && command.Is8Bit)
            output.Write(" BODY=8BITMIME"u8);
        if (peer.Utf8 && command.IsUtf8)
            output.Write(" SMTPUTF8"u8);
        if (peer.Dsn)
        {
            if (command.Return.Length > 0)
                Write(output, $" RET={command.Return}");
            if (command.EnvelopeId.Length > 0 && Xtext.Encode(command.EnvelopeId) is { Length: <= Xtext.MaxLength } id)
                Write(output, $" ENVID={id}");
        }

        output.Write("\r\n"u8);
    }

    /// <summary>RCPT.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="path">The path.</param>
    /// <param name="notify">NOTIFY, or empty.</param>
    /// <param name="originalRecipient">ORCPT, or null.</param>
    public static void Recipient(IBufferWriter<byte> output, string path, string notify, string? originalRecipient)
    {
        output.Write("RCPT TO:<"u8);
        Write(output, path);
        output.Write(">"u8);
        if (notify.Length > 0)
        {
            output.Write(" NOTIFY="u8);
            Write(output, notify);
        }

        if (originalRecipient is not null)
        {
            output.Write(" ORCPT="u8);
            Write(output, originalRecipient);
        }

        output.Write("\r\n"u8);
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private static void Write(IBufferWriter<byte> output, string text) => Encoding.UTF8.GetBytes(text, output);
}

/// <summary>What MAIL says.</summary>
/// <param name="Path">The reverse-path; empty for the null one.</param>
/// <param name="Size">Octets of the message (RFC 1870 4).</param>
/// <param name="Is8Bit">It holds octets over 127.</param>
/// <param name="IsUtf8">An address or the header needs UTF-8 (RFC 6531).</param>
/// <param name="Return">RET: <c>FULL</c>, <c>HDRS</c> or empty.</param>
/// <param name="EnvelopeId">ENVID, decoded; or empty.</param>
public readonly record struct MailCommand(string Path, long Size, bool Is8Bit, bool IsUtf8, string Return, string EnvelopeId);
