using Orleans.Mail.Gateway.Hosting;
using Orleans.Mail.Protocols.Manage;

namespace Orleans.Mail.Gateway.Manage;

/// <summary>What a command works with: its request, and the client that waits for the data lines.</summary>
public sealed class CommandContext(ManageRequest request, ClientConnection connection)
{
    public ManageRequest Request => request;

    /// <summary>Writes a data line. It waits in memory until <see cref="FlushAsync"/>: flush at each page of a listing.</summary>
    public void WriteLine(string line) => ManageReplyWriter.WriteData(connection.Output, line);

    /// <summary>Sends what was written, as fast as the client takes it.</summary>
    public ValueTask FlushAsync() => connection.FlushAsync();

    /// <summary>The user that NAME and DOMAIN name.</summary>
    public MailAddress UserOf(string domain) => AddressOf(request[ManageKeys.User], domain);

    /// <summary>The address that a name and a domain make, which the command requires.</summary>
    public MailAddress AddressOf(ManageKey name, ManageKey domain) => AddressOf(request[name], Domain(domain));

    /// <summary>The address that a name and a domain make; <see cref="ValueRules"/> has let them through.</summary>
    public static MailAddress AddressOf(string name, string domain) =>
        MailAddress.TryCreate(name, domain, out var address)
            ? address
            : throw new InvalidOperationException("a name passed the rules and is none");

    /// <summary>A domain in the form in which it is kept, or null when it was not given.</summary>
    public string? FindDomain(ManageKey key) =>
        request.Find(key) is { } text && DomainName.TryParse(text, out var name) ? name : null;

    /// <summary>An address in the form in which it is kept, empty for none, or null when it was not given.</summary>
    public string? FindMailbox(ManageKey key) =>
        request.Find(key) is { } text && MailAddress.TryParse(text, out var address) ? address.ToString() : request.Find(key);

    /// <summary>The message that ID names, or null when it was not given.</summary>
    public MessageId? FindMessage() => request.Find(ManageKeys.Message) is { } text && MessageId.TryParse(text, out var id) ? id : null;

    /// <summary>A domain that the command requires.</summary>
    public string Domain(ManageKey key) => FindDomain(key) ?? throw new InvalidOperationException("a domain passed the rules and is none");
}
