using System.Diagnostics.Metrics;

namespace Orleans.Mail.Gateway.Pop3;

/// <summary>Figures of the meter <c>mail.pop3</c>.</summary>
public sealed class Pop3Metrics
{
    public const string MeterName = "mail.pop3";

    private readonly UpDownCounter<long> sessions;
    private readonly Counter<long> retrieved;
    private readonly Counter<long> sent;
    private readonly Counter<long> deleted;
    private readonly Counter<long> troubles;

    public Pop3Metrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        sessions = meter.CreateUpDownCounter<long>("mail.pop3.mailboxes.open", "{mailbox}", "Mailboxes that sessions hold open.");
        retrieved = meter.CreateCounter<long>("mail.pop3.messages.retrieved", "{message}", "Messages sent by RETR.");
        sent = meter.CreateCounter<long>("mail.pop3.octets.retrieved", "By", "Octets of messages sent by RETR, before dot-stuffing.");
        deleted = meter.CreateCounter<long>("mail.pop3.messages.deleted", "{message}", "Messages deleted by sessions.");
        troubles = meter.CreateCounter<long>("mail.pop3.troubles", "{reply}", "Replies [SYS/TEMP] because a mailbox or the store did not answer.");
    }

    internal void CountOpened() => sessions.Add(1);

    internal void CountClosed() => sessions.Add(-1);

    internal void CountRetrieved(long octets)
    {
        retrieved.Add(1);
        sent.Add(octets);
    }

    internal void CountDeleted(int messages) => deleted.Add(messages);

    internal void CountTrouble() => troubles.Add(1);
}
