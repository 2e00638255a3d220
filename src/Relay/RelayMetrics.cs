using System.Diagnostics.Metrics;
using Orleans.Mail.Grains;
using Orleans.Mail.Relay.Connections;

namespace Orleans.Mail.Relay;

/// <summary>What is measured of mail that leaves: <c>mail.relay.*</c>.</summary>
public sealed class RelayMetrics
{
    private readonly Counter<long> connections;
    private readonly Counter<long> reused;
    private readonly Counter<long> tls;
    private readonly Counter<long> messages;
    private readonly Counter<long> octets;
    private readonly Counter<long> outcomes;
    private long sent;
    private int open;

    public RelayMetrics(IMeterFactory factory)
    {
        var meter = factory.Create("mail.relay");
        connections = meter.CreateCounter<long>("mail.relay.connections", "{connection}", "Connections to other hosts, by whether MAIL could be said.");
        reused = meter.CreateCounter<long>("mail.relay.connections.reused", "{connection}", "Messages that went over a connection that was there.");
        tls = meter.CreateCounter<long>("mail.relay.connections.tls", "{connection}", "Connections with TLS.");
        messages = meter.CreateCounter<long>("mail.relay.messages", "{message}", "Messages that a host has taken for at least one recipient.");
        octets = meter.CreateCounter<long>("mail.relay.octets", "By", "Octets of these messages.");
        outcomes = meter.CreateCounter<long>("mail.relay.outcomes", "{recipient}", "What became of recipients: sent, later or failed.");
    }

    internal void Connected(PeerConnection? connection)
    {
        if (connections.Enabled)
            connections.Add(1, new KeyValuePair<string, object?>("ready", connection is not null));
        if (connection is { IsEncrypted: true })
            tls.Add(1);
    }

    /// <summary>The figures of STATUS, since the process started.</summary>
    internal RelayUsage Usage => new(Interlocked.Read(ref sent), Volatile.Read(ref open));

    internal void Opened() => Interlocked.Increment(ref open);

    internal void Closed() => Interlocked.Decrement(ref open);

    internal void Reused() => reused.Add(1);

    internal void Taken(long size)
    {
        Interlocked.Increment(ref sent);
        messages.Add(1);
        octets.Add(size);
    }

    internal void Ended(IReadOnlyList<RelayOutcome> ended)
    {
        if (!outcomes.Enabled)
            return;
        foreach (var outcome in ended)
            outcomes.Add(1, new KeyValuePair<string, object?>("outcome", Name(outcome.Verdict)));
    }

    private static string Name(RelayVerdict verdict) => verdict switch
    {
        RelayVerdict.Sent => "sent",
        RelayVerdict.Later => "later",
        _ => "failed",
    };
}
