namespace Orleans.Mail.Gateway.Tests.Perimeters;

/// <summary>The permits of a cluster in memory.</summary>
internal sealed class FakePermits(TimeProvider time)
{
    private readonly Dictionary<string, DateTimeOffset> ends = new(StringComparer.Ordinal);

    /// <summary>Whose permit was asked for, call by call.</summary>
    public List<string> Asked { get; } = [];

    /// <summary>Who holds or held one.</summary>
    public IReadOnlyCollection<string> Granted => ends.Keys;

    /// <summary>While it is set, every call fails with it.</summary>
    public Exception? Trouble { get; set; }

    public IRelayPermitGrain Find(string key) => new Permit(this, key);

    private sealed class Permit(FakePermits all, string key) : IRelayPermitGrain
    {
        public Task GrantAsync(TimeSpan span)
        {
            if (all.Trouble is not null)
                throw all.Trouble;
            all.ends[key] = all.Time.GetUtcNow() + span;
            return Task.CompletedTask;
        }

        public Task<bool> HoldsAsync()
        {
            all.Asked.Add(key);
            if (all.Trouble is not null)
                throw all.Trouble;
            return Task.FromResult(all.ends.TryGetValue(key, out var end) && all.Time.GetUtcNow() < end);
        }
    }

    private TimeProvider Time => time;
}
