using Microsoft.Extensions.Logging;
using Orleans.Mail.Grains;
using Orleans.Mail.Relay.Connections;
using Orleans.Mail.Storage;

namespace Orleans.Mail.Relay.Sending;

/// <inheritdoc cref="IMessageSender"/>
internal sealed partial class MessageSender(
    RelayOptions options,
    Connector connector,
    ConnectionPool pool,
    SevenBitConverter converter,
    IBodyStore bodies,
    RelayMetrics metrics,
    ILogger<MessageSender> logger) : IMessageSender
{
    public async Task<Sent> SendAsync(RelayRoute route, RelayMessage message, CancellationToken cancellationToken)
    {
        var outcomes = new Outcomes(message.Recipients.Count);
        var reached = true;
        try
        {
            await using var outgoing = new OutgoingMessage(message, bodies, converter);
            outgoing.RefuseUnsendable(outcomes);
            reached = await TryHostsAsync(route, outgoing, outcomes, cancellationToken);
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            LogTrouble(failure, message.Id); // the store, a disk, or a fault of ours: none of them is the recipients'
            outcomes.SetRest(new RelayOutcome(RelayVerdict.Later, "4.3.0 the message cannot be sent now: trouble of this host", ""));
        }

        var report = new RelayReport(outcomes.ToList());
        metrics.Ended(report.Outcomes);
        Log(message, report, outcomes.Last);
        return new Sent(report, reached);
    }

    // Whether any host was reached, or none had to be.
    private async Task<bool> TryHostsAsync(RelayRoute route, OutgoingMessage message, Outcomes outcomes, CancellationToken cancellationToken)
    {
        var reached = outcomes.Open == 0;
        var isFinal = route.Hosts.Count > 0;
        var last = new HostRefusal("4.4.4 there is no host to send to", "");
        foreach (var host in route.Hosts)
        {
            if (outcomes.Open == 0)
                break;
            var attempt = await TryHostAsync(route, host, message, outcomes, cancellationToken);
            reached |= attempt.Reached;
            if (attempt.Refusal is not { } refusal)
                continue;
            last = refusal;
            isFinal &= refusal.IsFinal;
            LogRefused(host.Name, host.EndPoint.Address, refusal.Status);
        }

        outcomes.SetRest(new RelayOutcome(isFinal ? RelayVerdict.Failed : RelayVerdict.Later, last.Status, last.Host));
        return reached;
    }

    private async Task<HostAttempt> TryHostAsync(RelayRoute route, RelayHost host, OutgoingMessage message, Outcomes outcomes, CancellationToken cancellationToken)
    {
        if (pool.Take(host, route.Key) is { } reused)
        {
            metrics.Reused();
            if (await TryAsync(reused, route, host, message, outcomes, cancellationToken) is { WasGone: false } attempt)
                return attempt;
        }

        var (connection, refusal) = await connector.OpenAsync(host, route.IsSmartHost, cancellationToken);
        return connection is null
            ? new HostAttempt(Reached: false, refusal)
            : await TryAsync(connection, route, host, message, outcomes, cancellationToken);
    }

    private async Task<HostAttempt> TryAsync(PeerConnection peer, RelayRoute route, RelayHost host, OutgoingMessage message, Outcomes outcomes, CancellationToken cancellationToken)
    {
        var isReused = peer.IsReused;
        var keeps = false;
        Transaction? transaction = null;
        try
        {
            using var giveUp = peer.GiveUpWith(cancellationToken);
            await message.FitAsync(peer.Capabilities, peer.Host, outcomes, cancellationToken);
            if (outcomes.Open > 0)
            {
                transaction = new Transaction(peer, message, outcomes, options);
                await transaction.RunAsync(cancellationToken);
                if (transaction.WasCut)
                    outcomes.SetRest(new RelayOutcome(RelayVerdict.Later, "4.4.7 the time for this attempt was over", peer.Host));
                if (transaction.WasTaken)
                    metrics.Taken(message.Source.Size);
            }

            keeps = transaction is not { WasCut: true } && !peer.IsBroken;
            return new HostAttempt(Reached: true, null);
        }
        catch (PeerFault fault)
        {
            // The peer may have the message: another host would be a second copy.
            if (transaction is { EndWasSent: true })
                outcomes.SetRest(new RelayOutcome(RelayVerdict.Later, fault.Message, peer.Host));
            else
                cancellationToken.ThrowIfCancellationRequested();
            if (isReused && transaction is { HasBegun: false } && outcomes.Open > 0)
                return new HostAttempt(Reached: false, null, WasGone: true);
            return new HostAttempt(Reached: true, new HostRefusal(fault.Message, peer.Host));
        }
        finally
        {
            if (keeps)
                pool.Give(host, route.Key, peer);
            else
                peer.Dispose();
        }
    }

    private void Log(RelayMessage message, RelayReport report, RelayOutcome? last)
    {
        if (!logger.IsEnabled(LogLevel.Information))
            return;
        var sent = report.Outcomes.Count(outcome => outcome.Verdict == RelayVerdict.Sent);
        var failed = report.Outcomes.Count(outcome => outcome.Verdict == RelayVerdict.Failed);
        LogSent(message.Id, last?.Host ?? "", message.Recipients[0].Address, sent, report.Outcomes.Count - sent - failed, failed, last?.Status ?? "");
    }

    /// <param name="Reached">The host was there and its handshake succeeded.</param>
    /// <param name="Refusal">Why those without an outcome have none; null when all have.</param>
    /// <param name="WasGone">A reused connection was dead.</param>
    private readonly record struct HostAttempt(bool Reached, HostRefusal? Refusal, bool WasGone = false);
}
