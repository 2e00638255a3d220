using Microsoft.Extensions.Options;
using Orleans.Mail.Grains;

namespace Orleans.Mail.Relay;

/// <summary>
/// Who may send where now. One lock for the process: what is done under it is a few steps. Within a lane the destinations
/// take turns, and within a destination it is first come, first served; users' mail goes before the rest.
/// </summary>
internal sealed partial class PlaceTable(IOptions<DestinationOptions> options, TimeProvider time)
{
    private static readonly TimeSpan SweepPeriod = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Idle = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan RestMemory = TimeSpan.FromHours(1);

    private readonly Lock gate = new();
    private readonly Dictionary<string, Destination> destinations = new(StringComparer.Ordinal);
    private readonly PlaceLimits limits = new(options.Value.MaxConnections);

    // Of each lane the destinations that may have a turn: [lane, 1] those that were reached.
    private readonly LinkedList<Destination>[,] rings = NewRings();
    private DateTimeOffset lastSweep = DateTimeOffset.MinValue;
    private long failures;

    /// <summary>How many destinations are remembered.</summary>
    public int Count
    {
        get
        {
            lock (gate)
                return destinations.Count;
        }
    }

    /// <summary>Waits for a place; with failing hosts there is none until their rest is over.</summary>
    /// <param name="key">The destination.</param>
    /// <param name="lane">Whose mail it is.</param>
    /// <param name="isCareful">Elsewhere its hosts have failed: unless they were reached from here since, one attempt goes first.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public ValueTask<PlaceTurn> EnterAsync(string key, RelayLane lane, bool isCareful, CancellationToken cancellationToken)
    {
        PlaceWaiter waiter;
        lock (gate)
        {
            var now = time.GetUtcNow();
            var destination = Find(key, now);
            if (destination.Health.IsResting(now))
                return new(Closed(destination.Health));
            if (isCareful && !destination.IsProven && destination.Open == 0)
                destination.Window = 1;
            if (!destination.HasWaiters(lane) && Ring(destination, lane).Count == 0 && MayTake(destination, lane, now))
            {
                Take(destination, lane, now);
                return new(new PlaceTurn(destination, "", null));
            }

            waiter = new PlaceWaiter(destination, lane);
            destination.WaitersOf(lane).AddLast(waiter);
            Offer(destination, lane);
            Pump(now);
        }

        return waiter.Task.IsCompleted ? new(waiter.Task) : new(WaitAsync(waiter, cancellationToken));
    }

    /// <summary>Gives a place back.</summary>
    /// <param name="destination">Where.</param>
    /// <param name="lane">The lane for which it was given.</param>
    /// <param name="isUnused">Nothing was sent: the message that was counted did not go.</param>
    public void Leave(Destination destination, RelayLane lane, bool isUnused)
    {
        lock (gate)
        {
            destination.Open--;
            destination.OpenOthers -= lane == RelayLane.User ? 0 : 1;
            limits.Free(lane, destination.IsProven);
            if (isUnused)
                destination.Rate.GiveBack();
            OfferAll(destination);
            Pump(time.GetUtcNow());
        }
    }

    /// <summary>Waits until a further message may go.</summary>
    public async ValueTask PaceAsync(Destination destination, CancellationToken cancellationToken)
    {
        while (true)
        {
            TimeSpan wait;
            lock (gate)
            {
                var now = time.GetUtcNow();
                wait = destination.Rate.Wait(now);
                if (wait == TimeSpan.Zero)
                {
                    destination.Rate.Take(now);
                    return;
                }
            }

            await Task.Delay(wait, time, cancellationToken);
        }
    }

    private async Task<PlaceTurn> WaitAsync(PlaceWaiter waiter, CancellationToken cancellationToken)
    {
        await using var registration = cancellationToken.UnsafeRegister(
            static (state, token) =>
            {
                var (table, waiter) = ((PlaceTable, PlaceWaiter))state!;
                table.Cancel(waiter, token);
            },
            (this, waiter));
        return await waiter.Task;
    }

    private void Cancel(PlaceWaiter waiter, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            // Whoever has his turn already keeps it: he gives it back himself.
            if (!waiter.Destination.WaitersOf(waiter.Lane).Remove(waiter))
                return;
        }

        waiter.TrySetCanceled(cancellationToken);
    }

    private bool MayTake(Destination destination, RelayLane lane, DateTimeOffset now) =>
        destination.Bears(lane) && limits.Allow(lane, destination.IsProven) && destination.Rate.Wait(now) == TimeSpan.Zero;

    private void Take(Destination destination, RelayLane lane, DateTimeOffset now)
    {
        destination.Open++;
        destination.OpenOthers += lane == RelayLane.User ? 0 : 1;
        destination.LastUsed = now;
        destination.Rate.Take(now);
        limits.Take(lane, destination.IsProven);
    }

    /// <summary>Gives places as long as there are any, the lanes in their order.</summary>
    private void Pump(DateTimeOffset now)
    {
        for (var lane = RelayLane.User; lane <= RelayLane.Retry; lane++)
        {
            Pump(rings[(int)lane, 1], lane, isProven: true, now);
            Pump(rings[(int)lane, 0], lane, isProven: false, now);
        }
    }

    private void Pump(LinkedList<Destination> ring, RelayLane lane, bool isProven, DateTimeOffset now)
    {
        while (ring.First is { } node && limits.Allow(lane, isProven))
        {
            ring.Remove(node);
            var destination = node.Value;
            if (!destination.HasWaiters(lane))
                continue;
            if (!MayTake(destination, lane, now))
            {
                // Out of the ring until something there has changed.
                SetTimer(destination, now);
                continue;
            }

            var waiters = destination.WaitersOf(lane);
            var first = waiters.First!.Value;
            waiters.RemoveFirst();
            Take(destination, lane, now);
            if (waiters.Count > 0)
                ring.AddLast(node);
            first.TrySetResult(new PlaceTurn(destination, "", null));
        }
    }

    private void SetTimer(Destination destination, DateTimeOffset now)
    {
        var wait = destination.Rate.Wait(now);
        if (wait == TimeSpan.Zero || destination.IsTimerSet)
            return;
        destination.IsTimerSet = true;
        destination.Timer ??= time.CreateTimer(static state => ((Action)state!)(), () => Wake(destination), Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        destination.Timer.Change(wait, Timeout.InfiniteTimeSpan);
    }

    private void Wake(Destination destination)
    {
        lock (gate)
        {
            destination.IsTimerSet = false;
            OfferAll(destination);
            Pump(time.GetUtcNow());
        }
    }

    private void OfferAll(Destination destination)
    {
        for (var lane = RelayLane.User; lane <= RelayLane.Retry; lane++)
        {
            if (destination.HasWaiters(lane))
                Offer(destination, lane);
        }
    }

    private void Offer(Destination destination, RelayLane lane)
    {
        var node = destination.NodeOf(lane);
        if (node.List is null)
            Ring(destination, lane).AddLast(node);
    }

    private LinkedList<Destination> Ring(Destination destination, RelayLane lane) => rings[(int)lane, destination.IsProven ? 1 : 0];

    private Destination Find(string key, DateTimeOffset now)
    {
        if (now - lastSweep >= SweepPeriod)
            Sweep(now);
        if (!destinations.TryGetValue(key, out var destination))
        {
            var first = Math.Min(options.Value.FirstConnections, options.Value.MaxConnectionsPerDestination);
            destination = new Destination(key, first, new MessageRate(options.Value.MaxMessagesPerMinute));
            destinations.Add(key, destination);
        }

        destination.LastUsed = now;
        return destination;
    }

    private void Sweep(DateTimeOffset now)
    {
        lastSweep = now;
        foreach (var (key, destination) in destinations)
        {
            if (destination.Open > 0 || destination.AnyWaiters || now - destination.LastUsed < Idle)
                continue;
            if (destination.Health.RestsUntil is { } end && now < end + RestMemory)
                continue;
            destination.Timer?.Dispose();
            destinations.Remove(key);
        }
    }

    private static PlaceTurn Closed(HostHealth health) => new(null, health.LastFailure, health.RestsUntil);

    private static LinkedList<Destination>[,] NewRings()
    {
        var rings = new LinkedList<Destination>[Destination.Lanes, 2];
        for (var lane = 0; lane < Destination.Lanes; lane++)
            (rings[lane, 0], rings[lane, 1]) = (new(), new());
        return rings;
    }
}
