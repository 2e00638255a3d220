using System.Globalization;

namespace Orleans.Mail.Storage;

/// <summary>
/// Reminders as rows of one partition, <c>hash!grain!name</c>: a silo reads the ranges of hashes that it owns. A range
/// leaves out its begin and holds its end; one whose begin is not below its end wraps around.
/// </summary>
internal sealed class RowStoreReminderTable(IRowStore rows) : IReminderTable
{
    private const string Partition = "reminders";
    private const byte Format = 1;

    /// <summary>Tries against others who write the same reminder.</summary>
    private const int Attempts = 64;

    public async Task<ReminderTableData> ReadRows(GrainId grainId)
    {
        var entries = await ScanAsync(RowRange.Prefix(Partition, LongKey.Kept(PrefixOf(grainId))));
        // Grains whose names are shortened may share what is kept of them.
        return new ReminderTableData(entries.Where(entry => entry.GrainId == grainId));
    }

    public async Task<ReminderTableData> ReadRows(uint begin, uint end) => new(begin < end
        ? await ScanAsync(Above(begin) with { Before = UpTo(end).Before })
        : [.. await ScanAsync(UpTo(end)), .. await ScanAsync(Above(begin))]);

    public async Task<ReminderEntry?> ReadRow(GrainId grainId, string reminderName)
    {
        var row = await rows.ReadAsync(new RowKey(Partition, KeyOf(grainId, reminderName)), CancellationToken.None);
        return row is null ? null : ReadEntry(row);
    }

    public async Task<string?> UpsertRow(ReminderEntry entry)
    {
        // With a condition, since a write whose reply was lost may land late: it must not undo what was registered after it.
        var key = KeyOf(entry.GrainId, entry.ReminderName);
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var row = await rows.ReadAsync(new RowKey(Partition, key), CancellationToken.None);
            var batch = new RowBatch(Partition);
            _ = row is null ? batch.Insert(key, WriteEntry(entry)) : batch.Replace(key, WriteEntry(entry), row.ETag);
            var result = await rows.CommitSettledAsync(batch, CancellationToken.None);
            if (result.Outcome == CommitOutcome.Done)
                return result.ETags[0].Value;
        }

        throw new StorageException($"reminder {entry.ReminderName} of {entry.GrainId} changes too often");
    }

    public async Task<bool> RemoveRow(GrainId grainId, string reminderName, string eTag)
    {
        var batch = new RowBatch(Partition).Delete(KeyOf(grainId, reminderName), new ETag(eTag));
        return (await rows.CommitSettledAsync(batch, CancellationToken.None)).Outcome == CommitOutcome.Done;
    }

    public async Task TestOnlyClearTable()
    {
        RowRange? rest = RowRange.All(Partition);
        while (rest is { } range)
        {
            var page = await rows.ScanAsync(range, StoreLimits.BatchOperations, CancellationToken.None);
            var batch = new RowBatch(Partition);
            foreach (var row in page.Rows)
                batch.Delete(row.Key);
            await rows.CommitSettledAsync(batch, CancellationToken.None);
            rest = page.Next;
        }
    }

    private static string Hex(uint hash) => hash.ToString("X8", CultureInfo.InvariantCulture);

    private static RowRange Above(uint hash) =>
        new(Partition, Hex(hash) + KeyText.AfterAll, KeyText.AfterAll);

    private static RowRange UpTo(uint hash) => new(Partition, "", Hex(hash) + KeyText.AfterAll);

    private static string PrefixOf(GrainId grainId) =>
        $"{Hex(grainId.GetUniformHashCode())}!{KeyText.Escape(grainId.ToString())}!";

    private static string KeyOf(GrainId grainId, string name) => LongKey.Fit(PrefixOf(grainId) + KeyText.Escape(name));

    private static ReadOnlyMemory<byte> WriteEntry(ReminderEntry entry) => new RecordWriter(Format)
        .Text(entry.GrainId.ToString())
        .Text(entry.ReminderName)
        .Number(entry.StartAt.ToUniversalTime().Ticks)
        .Number(entry.Period.Ticks)
        .ToMemory();

    private static ReminderEntry ReadEntry(Row row)
    {
        var record = new RecordReader(row.Value.Span, Format);
        return new ReminderEntry
        {
            GrainId = GrainId.Parse(record.Text(), CultureInfo.InvariantCulture),
            ReminderName = record.Text(),
            StartAt = new DateTime(record.Number(), DateTimeKind.Utc),
            Period = TimeSpan.FromTicks(record.Number()),
            ETag = row.ETag.Value,
        };
    }

    private async ValueTask<IReadOnlyList<ReminderEntry>> ScanAsync(RowRange range) =>
        [.. (await rows.ScanAllAsync(range, CancellationToken.None)).Select(ReadEntry)];
}
