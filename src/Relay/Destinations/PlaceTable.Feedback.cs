using Orleans.Mail.Grains;

namespace Orleans.Mail.Relay;

/// <summary>What the attempts teach about a destination.</summary>
internal sealed partial class PlaceTable
{
    // Hosts that others reach at the same time are not down: they refuse one connection too many.
    private static readonly TimeSpan Recently = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan NoGrowth = TimeSpan.FromMinutes(5);
    private const int FailuresThatCount = 3;

    /// <summary>A host was reached. Returns whether the destination was failing until now.</summary>
    public bool Succeed(Destination destination)
    {
        lock (gate)
        {
            var now = time.GetUtcNow();
            var wasFailing = destination.Health.Failures > 0;
            destination.Health = HostHealth.Well;
            destination.LastReached = now;
            destination.FailuresInRow = 0;
            var before = (int)destination.Window;
            if (!destination.IsProven)
            {
                Prove(destination, isProven: true);
                destination.Window = Math.Max(destination.Window, Math.Min(options.Value.FirstConnections, options.Value.MaxConnectionsPerDestination));
            }

            // By one for as many messages as there are places: a whole round of them went well.
            if (now >= destination.GrowsFrom)
                destination.Window = Math.Min(destination.Window + (1 / destination.Window), options.Value.MaxConnectionsPerDestination);
            if ((int)destination.Window > before)
            {
                OfferAll(destination);
                Pump(now);
            }

            return wasFailing;
        }
    }

    /// <summary>
    /// No host was reached. While others reach them, the destination bears fewer; else it rests, and all who wait for it
    /// are told so. Returns the number of that failure, or 0 when the destination goes on.
    /// </summary>
    public long Fail(Destination destination, string status)
    {
        var told = new List<PlaceWaiter>();
        PlaceTurn closed;
        long failure;
        lock (gate)
        {
            var now = time.GetUtcNow();
            destination.FailuresInRow++;
            if (destination.IsProven && destination.FailuresInRow < FailuresThatCount && now - destination.LastReached < Recently)
            {
                destination.Window = Math.Max(1, Math.Min((int)destination.Window, destination.Open) - 1);
                destination.GrowsFrom = now + NoGrowth;
                return 0;
            }

            failure = Rest(destination, status, now, told);
            closed = Closed(destination.Health);
            Pump(now);
        }

        foreach (var waiter in told)
            waiter.TrySetResult(closed);
        return failure;
    }

    /// <summary>The number of the failure for which a destination rests; 0 = it does not.</summary>
    public long FailureOf(string key, out string status)
    {
        lock (gate)
        {
            status = "";
            if (!destinations.TryGetValue(key, out var destination) || !destination.Health.IsResting(time.GetUtcNow()))
                return 0;
            status = destination.Health.LastFailure;
            return destination.Failure;
        }
    }

    /// <summary>Forgets that a destination failed.</summary>
    public void Forgive(string key)
    {
        lock (gate)
        {
            if (destinations.TryGetValue(key, out var destination))
                destination.Health = HostHealth.Well;
        }
    }

    private long Rest(Destination destination, string status, DateTimeOffset now, List<PlaceWaiter> told)
    {
        if (!destination.Health.IsResting(now))
            destination.Failure = ++failures;
        destination.Health = destination.Health.Fail(now, status);
        destination.Window = 1; // the next one goes alone
        if (destination.IsProven)
            Prove(destination, isProven: false);
        for (var lane = RelayLane.User; lane <= RelayLane.Retry; lane++)
        {
            if (!destination.HasWaiters(lane))
                continue;
            told.AddRange(destination.WaitersOf(lane));
            destination.WaitersOf(lane).Clear();
        }

        return destination.Failure;
    }

    private void Prove(Destination destination, bool isProven)
    {
        limits.Prove(destination.Open, isProven);
        destination.IsProven = isProven;
        for (var lane = RelayLane.User; lane <= RelayLane.Retry; lane++)
        {
            var node = destination.NodeOf(lane);
            if (node.List is not { } ring)
                continue;
            ring.Remove(node);
            Ring(destination, lane).AddLast(node);
        }
    }
}
