using System.Text;
using Orleans.Mail.Grains;
using Orleans.Mail.Protocols.Smtp.Client;

namespace Orleans.Mail.Relay.Sending;

/// <summary>The addresses of a message as they are written to a host: domains as A-labels, since these need no SMTPUTF8.</summary>
internal sealed class OutgoingEnvelope
{
    private static readonly string[] Notifications =
        [.. Enumerable.Range(0, 16).Select(flags => ToText((Notify)flags))];

    private readonly RelayMessage message;
    private readonly string?[] paths;

    public OutgoingEnvelope(RelayMessage message)
    {
        this.message = message;
        Sender = PathOf(message.Sender);
        paths = new string?[message.Recipients.Count];
        for (var i = 0; i < paths.Length; i++)
            paths[i] = PathOf(message.Recipients[i].Address);
    }

    /// <summary>The reverse-path; null when it cannot be sent.</summary>
    public string? Sender { get; }

    public bool SenderIsAscii => Sender is null || Ascii.IsValid(Sender);

    /// <summary>A forward-path; null when it cannot be sent.</summary>
    public string? Path(int recipient) => paths[recipient];

    public bool IsAscii(int recipient) => paths[recipient] is not { } path || Ascii.IsValid(path);

    /// <summary>MAIL as it is said to a host.</summary>
    public MailCommand Mail(long size, bool is8Bit, bool isUtf8) => new(
        Sender!,
        size,
        is8Bit,
        isUtf8,
        message.Request.Return switch { ReturnContent.Full => "FULL", ReturnContent.Headers => "HDRS", _ => "" },
        message.Request.EnvelopeId);

    /// <summary>Writes RCPT for a host.</summary>
    public void WriteRecipient(System.Buffers.IBufferWriter<byte> output, int recipient, bool dsn)
    {
        var path = paths[recipient]!;
        if (!dsn)
        {
            ClientCommands.Recipient(output, path, "", null);
            return;
        }

        var each = message.Recipients[recipient];
        ClientCommands.Recipient(output, path, Notifications[(int)each.Notify & 15], Xtext.OriginalRecipient(each.OriginalRecipient, path));
    }

    // RFC 3461 4.1: NEVER stands alone.
    private static string ToText(Notify notify)
    {
        if (notify.HasFlag(Notify.Never))
            return "NEVER";
        var words = new List<string>(3);
        if (notify.HasFlag(Notify.Success))
            words.Add("SUCCESS");
        if (notify.HasFlag(Notify.Failure))
            words.Add("FAILURE");
        if (notify.HasFlag(Notify.Delay))
            words.Add("DELAY");
        return string.Join(',', words);
    }

    private static string? PathOf(string address)
    {
        var at = address.LastIndexOf('@');
        if (at < 0 || Ascii.IsValid(address.AsSpan(at)))
            return ClientPath.Format(address);
        return DomainName.TryParse(address[(at + 1)..], out var domain) ? ClientPath.Format($"{address[..at]}@{domain}") : null;
    }
}
