namespace Orleans.Mail.Grains;

/// <summary>
/// How the last attempts to reach a destination's hosts went: after a failure it rests, each time longer. It speaks of
/// hosts, not of messages: the queue has waits of its own, and these only spare hosts that cannot be reached.
/// </summary>
public sealed record HostHealth
{
    /// <summary>Nothing is known against them.</summary>
    public static readonly HostHealth Well = new();

    private static readonly TimeSpan FirstRest = TimeSpan.FromMinutes(1);

    // Not longer than a retry or two of the queue: a host that is back is found soon.
    private static readonly TimeSpan LongestRest = TimeSpan.FromMinutes(15);

    private static readonly TimeSpan DeadAfter = TimeSpan.FromHours(1);
    private static readonly TimeSpan RestOfTheDead = TimeSpan.FromHours(1);

    private HostHealth()
    {
    }

    /// <summary>Attempts since the last success, those made at the same time counted once.</summary>
    public int Failures { get; private init; }

    /// <summary>When the first of them failed; null = none.</summary>
    public DateTimeOffset? Since { get; private init; }

    /// <summary>No attempt before; null = none failed.</summary>
    public DateTimeOffset? RestsUntil { get; private init; }

    /// <summary>How the last one failed.</summary>
    public string LastFailure { get; private init; } = "";

    /// <summary>Nothing but failures for an hour and more.</summary>
    public bool IsDead { get; private init; }

    public bool IsResting(DateTimeOffset now) => RestsUntil is { } end && now < end;

    /// <summary>An attempt has failed. Those that began before the rest don't make it longer.</summary>
    public HostHealth Fail(DateTimeOffset now, string status)
    {
        if (IsResting(now))
            return this with { LastFailure = status };
        var since = Since ?? now;
        var dead = now - since >= DeadAfter;
        return new HostHealth
        {
            Failures = Failures + 1,
            Since = since,
            RestsUntil = now + (dead ? RestOfTheDead : RestAfter(Failures)),
            LastFailure = status,
            IsDead = dead,
        };
    }

    private static TimeSpan RestAfter(int failures)
    {
        const int Doublings = 4;
        var rest = FirstRest * (1 << Math.Min(failures, Doublings));
        return rest < LongestRest ? rest : LongestRest;
    }
}
