using Orleans.Mail.Grains;

namespace Orleans.Mail.Relay;

/// <summary>A place at a destination, with the order of hosts that it uses.</summary>
internal sealed class RelayPlace(OutboundRelay relay, DomainRoute domain, Destination destination, RelayLane lane, RelayRoute route, DenyRules rules) : IRelayPlace
{
    private RelayRoute? current = route;
    private DenyRules known = rules;
    private int sent;
    private int left;

    public Task<RelayReport> SendAsync(RelayMessage message, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref left) != 0, this);
        return relay.SendAsync(this, domain, destination, message, cancellationToken);
    }

    public ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref left, 1) == 0)
            relay.Leave(destination, lane, isUnused: sent == 0);
        return ValueTask.CompletedTask;
    }

    /// <summary>The hosts past what is denied now; null when none is left.</summary>
    public RelayRoute? RouteBy(DenyRules rules)
    {
        if (rules.Addresses != known.Addresses)
            current = domain.Plan!.MakeRoute(rules.Addresses);
        known = rules;
        return current;
    }

    /// <summary>True for the first message, which was counted when the place was given.</summary>
    public bool IsFirst() => sent++ == 0;
}
