using Orleans.Mail.Grains;

namespace Orleans.Mail.Relay;

/// <summary>A set of hosts that mail goes to, and what it bears. Everything in it is guarded by <see cref="PlaceTable"/>'s lock.</summary>
internal sealed class Destination(string key, int firstConnections, MessageRate rate)
{
    public const int Lanes = 4;

    private readonly LinkedList<PlaceWaiter>?[] waiters = new LinkedList<PlaceWaiter>?[Lanes];
    private readonly LinkedListNode<Destination>?[] nodes = new LinkedListNode<Destination>?[Lanes];

    public MessageRate Rate = rate;

    public string Key => key;

    /// <summary>How many may be open; grows by one each time that as many messages have found their host.</summary>
    public double Window { get; set; } = firstConnections;

    /// <summary>No growth before: the hosts refused one connection more.</summary>
    public DateTimeOffset GrowsFrom { get; set; }

    /// <summary>Places given out, and those of them that are not users'.</summary>
    public int Open { get; set; }

    public int OpenOthers { get; set; }

    /// <summary>Its hosts were reached, and have not all failed since.</summary>
    public bool IsProven { get; set; }

    public DateTimeOffset LastReached { get; set; }

    public int FailuresInRow { get; set; }

    public HostHealth Health { get; set; } = HostHealth.Well;

    /// <summary>The number of the failure from which it rests; 0 = none.</summary>
    public long Failure { get; set; }

    public DateTimeOffset LastUsed { get; set; }

    /// <summary>Wakes those who wait for the rate.</summary>
    public ITimer? Timer { get; set; }

    public bool IsTimerSet { get; set; }

    public bool AnyWaiters => Array.Exists(waiters, static list => list is { Count: > 0 });

    /// <summary>Whether it bears one more of that lane. Other mail than users' leaves them a fourth of the places.</summary>
    public bool Bears(RelayLane lane)
    {
        var window = (int)Window;
        if (Open >= window)
            return false;
        return lane == RelayLane.User || window == 1 || OpenOthers < window - Math.Max(1, window / 4);
    }

    public LinkedList<PlaceWaiter> WaitersOf(RelayLane lane) => waiters[(int)lane] ??= new();

    public bool HasWaiters(RelayLane lane) => waiters[(int)lane] is { Count: > 0 };

    /// <summary>Its node in the ring of a lane, to be linked there while it may have a turn.</summary>
    public LinkedListNode<Destination> NodeOf(RelayLane lane) => nodes[(int)lane] ??= new(this);
}

/// <summary>Somebody who waits for a place.</summary>
internal sealed class PlaceWaiter(Destination destination, RelayLane lane) : TaskCompletionSource<PlaceTurn>(TaskCreationOptions.RunContinuationsAsynchronously)
{
    public Destination Destination => destination;

    public RelayLane Lane => lane;
}

/// <summary>What became of the wait.</summary>
/// <param name="Destination">Where a place was given; null when it is closed.</param>
/// <param name="Status">Why it is closed.</param>
/// <param name="Until">How long.</param>
internal readonly record struct PlaceTurn(Destination? Destination, string Status, DateTimeOffset? Until);
