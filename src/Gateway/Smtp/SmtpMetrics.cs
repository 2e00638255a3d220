using System.Diagnostics.Metrics;
using Orleans.Mail.Protocols.Smtp;

namespace Orleans.Mail.Gateway.Smtp;

/// <summary>What the gateway measures of SMTP: <c>mail.smtp.*</c>.</summary>
public sealed class SmtpMetrics
{
    private readonly Counter<long> messages;
    private readonly Counter<long> octets;
    private readonly Counter<long> recipientsRefused;
    private readonly Histogram<double> acceptance;
    private readonly TimeProvider time;

    public SmtpMetrics(IMeterFactory factory, TimeProvider time)
    {
        this.time = time;
        Meter = factory.Create("mail.smtp");
        messages = Meter.CreateCounter<long>("mail.smtp.messages", "{message}", "Messages that were read to their end, by reply code.");
        octets = Meter.CreateCounter<long>("mail.smtp.octets", "By", "Octets of accepted messages.");
        recipientsRefused = Meter.CreateCounter<long>("mail.smtp.recipients.refused", "{recipient}", "RCPT commands that were refused, by reply code.");
        acceptance = Meter.CreateHistogram<double>("mail.smtp.acceptance", "s", "From a message's end to its reply.");
    }

    internal Meter Meter { get; }

    /// <summary>The moment a message's end was read.</summary>
    internal long MessageEnded() => acceptance.Enabled ? time.GetTimestamp() : 0;

    internal void MessageAnswered(SmtpReply reply, long size, long ended)
    {
        if (messages.Enabled)
            messages.Add(1, new KeyValuePair<string, object?>("code", reply.Code));
        if (!reply.IsRefusal)
            octets.Add(size);
        if (acceptance.Enabled && ended != 0)
            acceptance.Record(time.GetElapsedTime(ended).TotalSeconds);
    }

    internal void RecipientRefused(SmtpReply reply)
    {
        if (recipientsRefused.Enabled)
            recipientsRefused.Add(1, new KeyValuePair<string, object?>("code", reply.Code));
    }
}
