namespace Orleans.Mail.Storage;

/// <summary>
/// The rows of a cluster's membership, one partition for each cluster: <c>alive!silo</c> (when the silo last said that it
/// lives), <c>silo!silo</c> (everything else about it) and <c>version</c>, which sorts after them.
/// </summary>
internal static class MembershipRows
{
    public const string Version = "version";

    private const string SiloPrefix = "silo!";
    private const string AlivePrefix = "alive!";
    private const byte Format = 1;

    public static string Partition(string clusterId) => LongKey.Fit("members!" + KeyText.Escape(clusterId));

    /// <summary>The silos of a cluster without their signs of life.</summary>
    public static RowRange AllSilos(string partition) => RowRange.Prefix(partition, SiloPrefix);

    public static string SiloKey(SiloAddress silo) => SiloPrefix + NameOf(silo);

    public static string AliveKey(SiloAddress silo) => AlivePrefix + NameOf(silo);

    public static bool IsSilo(string key) => key.StartsWith(SiloPrefix, StringComparison.Ordinal);

    public static bool IsAlive(string key) => key.StartsWith(AlivePrefix, StringComparison.Ordinal);

    public static ReadOnlyMemory<byte> WriteVersion(int version) => new RecordWriter(Format).Number(version).ToMemory();

    public static TableVersion ReadVersion(Row row)
    {
        var record = new RecordReader(row.Value.Span, Format);
        return new TableVersion((int)record.Number(), row.ETag.Value);
    }

    public static ReadOnlyMemory<byte> WriteAlive(MembershipEntry entry) => new RecordWriter(Format)
        .Text(entry.SiloAddress.ToParsableString())
        .Number(entry.IAmAliveTime.Ticks)
        .ToMemory();

    public static (SiloAddress Silo, DateTime At) ReadAlive(Row row)
    {
        var record = new RecordReader(row.Value.Span, Format);
        return (SiloAddress.FromParsableString(record.Text()), Utc(record.Number()));
    }

    public static ReadOnlyMemory<byte> WriteSilo(MembershipEntry entry)
    {
        var suspectors = entry.SuspectTimes ?? [];
        var record = new RecordWriter(Format)
            .Text(entry.SiloAddress.ToParsableString())
            .Byte((byte)entry.Status)
            .Number(entry.ProxyPort)
            .Text(entry.HostName ?? "")
            .Text(entry.SiloName ?? "")
            .Text(entry.RoleName ?? "")
            .Number(entry.UpdateZone)
            .Number(entry.FaultZone)
            .Number(entry.StartTime.Ticks)
            .Number(entry.IAmAliveTime.Ticks)
            .Number(suspectors.Count);
        foreach (var (silo, at) in suspectors)
            record.Text(silo.ToParsableString()).Number(at.Ticks);
        return record.ToMemory();
    }

    public static MembershipEntry ReadSilo(Row row)
    {
        var record = new RecordReader(row.Value.Span, Format);
        var entry = new MembershipEntry
        {
            SiloAddress = SiloAddress.FromParsableString(record.Text()),
            Status = (SiloStatus)record.Byte(),
            ProxyPort = (int)record.Number(),
            HostName = record.Text(),
            SiloName = record.Text(),
            RoleName = record.Text(),
            UpdateZone = (int)record.Number(),
            FaultZone = (int)record.Number(),
            StartTime = Utc(record.Number()),
            IAmAliveTime = Utc(record.Number()),
            SuspectTimes = [],
        };
        for (var left = record.Number(); left > 0; left--)
            entry.SuspectTimes.Add(Tuple.Create(SiloAddress.FromParsableString(record.Text()), Utc(record.Number())));
        return entry;
    }

    private static string NameOf(SiloAddress silo) => KeyText.Escape(silo.ToParsableString());

    private static DateTime Utc(long ticks) => new(ticks, DateTimeKind.Utc);
}
