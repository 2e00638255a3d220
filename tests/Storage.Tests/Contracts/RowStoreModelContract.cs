using CsCheck;

namespace Orleans.Mail.Storage.Tests;

/// <summary>Random sequences of batches, reads, scans and restarts against a model that is a sorted dictionary.</summary>
public abstract class RowStoreModelContract : StoreContract
{
    private static readonly string[] Keys = ["a", "a!", "a!b", "b", "B", "_20", "z.z"];

    // One operation of a batch: which key, which kind, and whether its ETag is the right one.
    private static readonly Gen<Operation> AnyOperation = Gen.Select(
        Gen.Int[0, Keys.Length - 1], Gen.Enum<RowOperationKind>(), Gen.Int[0, 3], Gen.Int[0, 3000],
        static (key, kind, etag, length) => new Operation(Keys[key], kind, etag, length));

    private static readonly Gen<Step> AnyStep = Gen.Frequency(
        (12, AnyOperation.Array[1, 5].Select(static operations => new Step(operations, default, 0, false))),
        (4, Gen.Select(Gen.Int[0, Keys.Length - 1], Gen.Int[0, Keys.Length - 1], Gen.Int[1, 4]).Select(
            static (from, to, limit) => new Step(null, (Keys[from], Keys[to]), limit, false))),
        (1, Gen.Const(new Step(null, default, 0, true))));

    [Fact]
    public async Task Any_sequence_does_what_the_model_does()
    {
        var round = 0;
        await AnyStep.Array[1, 40].SampleAsync(
            async steps => await PlayAsync($"p{Interlocked.Increment(ref round)}", steps),
            iter: 60,
            threads: 1,
            print: static steps => string.Join('\n', steps.Select(static step => step.ToString())));
    }

    private async Task PlayAsync(string partition, Step[] steps)
    {
        var model = new SortedDictionary<string, (ETag ETag, byte[] Value)>(StringComparer.Ordinal);
        ETag? stale = null;
        foreach (var step in steps)
        {
            if (step.Reopen)
                await Store.ReopenAsync();
            else if (step.Operations is { } operations)
                stale = await CommitAsync(partition, operations, model, stale);
            else
                await ScanAsync(partition, step, model);
        }

        foreach (var key in Keys)
        {
            var row = await ReadAsync(partition, key);
            Assert.Equal(model.ContainsKey(key), row is not null);
        }
    }

    private async Task<ETag?> CommitAsync(
        string partition, Operation[] operations, SortedDictionary<string, (ETag ETag, byte[] Value)> model, ETag? stale)
    {
        var batch = new RowBatch(partition);
        var writes = new List<(int Index, string Key, byte[]? Value)>();
        int? conflict = null;
        foreach (var (index, operation) in operations.DistinctBy(operation => operation.Key).Index())
        {
            var current = model.TryGetValue(operation.Key, out var row) ? row.ETag : (ETag?)null;
            var etag = operation.ETag == 0 ? stale ?? new ETag("none") : current ?? new ETag("none");
            var value = new byte[operation.Length];
            Random.Shared.NextBytes(value);
            var (holds, written) = operation.Kind switch
            {
                RowOperationKind.Insert => (current is null, value),
                RowOperationKind.Replace => (current == etag, value),
                RowOperationKind.Upsert => (true, value),
                _ when operation.ETag == 3 => (true, null),
                _ => (current == etag, (byte[]?)null),
            };
            _ = operation.Kind switch
            {
                RowOperationKind.Insert => batch.Insert(operation.Key, value),
                RowOperationKind.Replace => batch.Replace(operation.Key, value, etag),
                RowOperationKind.Upsert => batch.Upsert(operation.Key, value),
                _ => batch.Delete(operation.Key, operation.ETag == 3 ? null : etag),
            };
            if (!holds)
                conflict ??= index;
            writes.Add((index, operation.Key, written));
            stale = current ?? stale;
        }

        var result = await CommitAsync(batch);
        Assert.Equal(conflict is null ? CommitOutcome.Done : CommitOutcome.Conflict, result.Outcome);
        if (conflict is not null)
        {
            Assert.Equal(conflict, result.Index);
            return stale;
        }

        foreach (var (index, key, value) in writes)
        {
            if (value is null)
                model.Remove(key);
            else
                model[key] = (result.ETags[index], value);
        }

        return stale;
    }

    private async Task ScanAsync(string partition, Step step, SortedDictionary<string, (ETag ETag, byte[] Value)> model)
    {
        var (from, before) = step.Range;
        var expected = model.Where(row =>
            string.CompareOrdinal(row.Key, from) >= 0 && string.CompareOrdinal(row.Key, before) < 0).ToList();
        var rows = new List<Row>();
        RowRange? rest = new RowRange(partition, from, before);
        while (rest is { } range)
        {
            var page = await Rows.ScanAsync(range, step.Limit, Cancelled);
            rows.AddRange(page.Rows);
            rest = page.Next;
        }

        Assert.Equal(expected.Select(row => (row.Key, row.Value.ETag)), rows.Select(row => (row.Key, row.ETag)));
        Assert.All(expected.Zip(rows), pair => Assert.Equal(pair.First.Value.Value, pair.Second.Value.ToArray()));
    }

    private sealed record Operation(string Key, RowOperationKind Kind, int ETag, int Length);

    private sealed record Step(Operation[]? Operations, (string From, string Before) Range, int Limit, bool Reopen)
    {
        public override string ToString() => Reopen ? "reopen"
            : Operations is null ? $"scan {Range} by {Limit}"
            : "commit " + string.Join(", ", Operations.Select(static operation => operation.ToString()));
    }
}
