namespace Orleans.Mail;

/// <summary>Looks after the bodies: finds those nobody holds. Key: <see cref="TheKey"/>.</summary>
[Alias("mail.ISweepGrain")]
public interface ISweepGrain : IGrainWithStringKey
{
    /// <summary>The only key.</summary>
    const string TheKey = "bodies";

    /// <summary>Sweeps one page of the store and adds to <paramref name="progress"/>; call again while <see cref="SweepProgress.Cursor"/> is not null.</summary>
    [Alias("Sweep"), ResponseTimeout("00:00:30")]
    Task<SweepProgress> SweepAsync(SweepProgress progress);

    /// <summary>Bodies and bytes that live in the store now.</summary>
    [Alias("ReadUsage"), ResponseTimeout("00:00:05")]
    Task<StoreUsage> ReadUsageAsync();
}

/// <summary>What a sweep has seen so far.</summary>
[GenerateSerializer, Immutable, Alias("mail.SweepProgress")]
public sealed record SweepProgress
{
    [Id(0)] public string? Cursor { get; init; }

    [Id(1)] public long Bodies { get; init; }

    /// <summary>Bodies without a holder, whatever their age.</summary>
    [Id(2)] public long Orphans { get; init; }

    /// <summary>Orphans older than Storage:SweepAge, which were deleted.</summary>
    [Id(3)] public long Deleted { get; init; }

    /// <summary>Bytes of the bodies that stay.</summary>
    [Id(4)] public long LiveBytes { get; init; }
}

[GenerateSerializer, Immutable, Alias("mail.StoreUsage")]
public sealed record StoreUsage(
    [property: Id(0)] long Bodies,
    [property: Id(1)] long LiveBytes);
