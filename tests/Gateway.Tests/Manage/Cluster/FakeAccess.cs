namespace Orleans.Mail.Gateway.Tests.Manage;

/// <summary>The login of the management protocol. An address that failed waits a second for each failure.</summary>
internal sealed class FakeAccess : IAccessGrain
{
    public AccessSecret? Secret { get; set; }

    public Dictionary<string, int> Failures { get; } = [];

    public Task<AccessSecret?> ReadAsync() => Task.FromResult(Secret);

    public Task<bool> ChangeAsync(AccessSecret? expected, string newHash)
    {
        if (expected?.Version != Secret?.Version)
            return Task.FromResult(false);
        Secret = new AccessSecret(newHash, (expected?.Version ?? 0) + 1);
        return Task.FromResult(true);
    }

    /// <summary>Delays are for the tests that move the clock.</summary>
    public bool Slows { get; set; }

    public Task<TimeSpan> DelayOfAsync(string address) => Task.FromResult(TimeSpan.FromSeconds(Slows ? Failures.GetValueOrDefault(address) : 0));

    public Task FailAsync(string address)
    {
        Failures[address] = Failures.GetValueOrDefault(address) + 1;
        return Task.CompletedTask;
    }

    public Task SucceedAsync(string address)
    {
        Failures.Remove(address);
        return Task.CompletedTask;
    }
}

/// <summary>A sweep of three pages.</summary>
internal sealed class FakeSweep : ISweepGrain
{
    public Task<SweepProgress> SweepAsync(SweepProgress progress)
    {
        var page = int.Parse(progress.Cursor ?? "0", System.Globalization.CultureInfo.InvariantCulture) + 1;
        return Task.FromResult(progress with
        {
            Cursor = page < 3 ? page.ToString(System.Globalization.CultureInfo.InvariantCulture) : null,
            Bodies = progress.Bodies + 10,
            Orphans = progress.Orphans + 2,
            Deleted = progress.Deleted + 1,
            LiveBytes = progress.LiveBytes + 1000,
        });
    }

    public Task<StoreUsage> ReadUsageAsync() => Task.FromResult(new StoreUsage(30, 3000));
}
