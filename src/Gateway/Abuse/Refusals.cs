using System.Diagnostics.Metrics;
using System.Net;
using Microsoft.Extensions.Logging;
using Orleans.Mail.Gateway.Hosting;

namespace Orleans.Mail.Gateway.Abuse;

/// <summary>
/// The one line that tells a refusal, whatever was refused: fail2ban and a SIEM read it. The client stands before all that
/// the client chose, and what it chose stands in quotes, without quotes of its own.
/// </summary>
public sealed partial class Refusals
{
    /// <summary>Characters of a name that are logged.</summary>
    public const int MaxName = 320;

    private readonly Counter<long> count;
    private readonly ILogger<Refusals> logger;

    public Refusals(IMeterFactory meters, ILogger<Refusals> logger)
    {
        this.logger = logger;
        count = meters.Create("mail.refusals").CreateCounter<long>("mail.refusals", "{refusal}", "What was refused, by reason.");
    }

    /// <param name="reason">Why.</param>
    /// <param name="client">Whom.</param>
    /// <param name="name">What the client named: a login name, a sender, a recipient; empty when it named nothing.</param>
    /// <param name="reply">What the client was told; empty when the connection was closed without a word.</param>
    public void Tell(RefusalReason reason, Caller client, string name, string reply)
    {
        Count(reason);
        if (!logger.IsEnabled(reason.Level))
            return;
        var (port, shown, told) = (NameOf(client.Port), Quotable(name), Quotable(reply));
        LogRefused(reason.Level, reason.Name, client.Address, port, shown, told);
    }

    /// <summary>The same for a recipient, whose sender is named too.</summary>
    public void Tell(RefusalReason reason, Caller client, string name, string reply, string sender)
    {
        Count(reason);
        if (!logger.IsEnabled(reason.Level))
            return;
        var (port, shown, told, from) = (NameOf(client.Port), Quotable(name), Quotable(reply), Quotable(sender));
        LogRefusedRecipient(reason.Level, reason.Name, client.Address, port, shown, told, from);
    }

    /// <summary>The same for TLS that was not agreed on.</summary>
    /// <param name="client">Whom.</param>
    /// <param name="cause">What was wrong, in words of ours or of the TLS library.</param>
    public void TellHandshake(Caller client, string cause)
    {
        var reason = RefusalReason.TlsHandshake;
        Count(reason);
        if (!logger.IsEnabled(reason.Level))
            return;
        var (port, shown) = (NameOf(client.Port), Quotable(cause));
        LogRefusedHandshake(reason.Level, reason.Name, client.Address, port, "", "", shown);
    }

    private void Count(RefusalReason reason)
    {
        if (count.Enabled)
            count.Add(1, new KeyValuePair<string, object?>("reason", reason.Name));
    }

    private static string NameOf(MailPort port) => port switch
    {
        MailPort.Smtp => "smtp",
        MailPort.Submission => "submission",
        MailPort.Submissions => "submissions",
        MailPort.Pop3 => "pop3",
        MailPort.Pop3s => "pop3s",
        _ => "management",
    };

    private static string Quotable(string text)
    {
        var end = text.AsSpan().TrimEnd("\r\n").Length;
        var shown = end == text.Length && end <= MaxName ? text : text[..Math.Min(end, MaxName)];
        return shown.Replace('"', '\'');
    }

    [LoggerMessage(EventId = 920, Message = "refused reason={Reason} client={Client} port={Port} name=\"{Name}\" reply=\"{Reply}\"", SkipEnabledCheck = true)]
    private partial void LogRefused(LogLevel level, string reason, IPAddress client, string port, string name, string reply);

    [LoggerMessage(EventId = 921, Message = "refused reason={Reason} client={Client} port={Port} name=\"{Name}\" reply=\"{Reply}\" sender=\"{Sender}\"", SkipEnabledCheck = true)]
    private partial void LogRefusedRecipient(LogLevel level, string reason, IPAddress client, string port, string name, string reply, string sender);

    [LoggerMessage(EventId = 922, Message = "refused reason={Reason} client={Client} port={Port} name=\"{Name}\" reply=\"{Reply}\" cause=\"{Cause}\"", SkipEnabledCheck = true)]
    private partial void LogRefusedHandshake(LogLevel level, string reason, IPAddress client, string port, string name, string reply, string cause);
}
