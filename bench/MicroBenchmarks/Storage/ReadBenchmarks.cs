using System.Globalization;
using BenchmarkDotNet.Attributes;
using Orleans.Mail.Storage;

namespace Orleans.Mail.MicroBenchmarks.Storage;

/// <summary>Reads beside the writer: a row, a page of a mailbox's index, and bodies beside the rows and in files.</summary>
public class ReadBenchmarks
{
    private const string Partition = "m!1";

    private TemporaryStore store = null!;
    private BodyRef small;
    private BodyRef large;

    [GlobalSetup]
    public async Task FillAsync()
    {
        store = new TemporaryStore();
        small = await store.PutAsync(new byte[5 * 1024]);
        large = await store.PutAsync(new byte[1024 * 1024]);
        for (var first = 0; first < StoreLimits.PageRows; first += StoreLimits.BatchOperations)
        {
            var batch = new RowBatch(Partition);
            for (var i = first; i < first + StoreLimits.BatchOperations; i++)
                batch.Insert(Key(i), new byte[200]);
            if (first == 0)
                batch.Require(small).Require(large);
            await store.Rows.CommitAsync(batch, CancellationToken.None);
        }
    }

    [GlobalCleanup]
    public async Task CloseAsync() => await store.DisposeAsync();

    [Benchmark]
    public ValueTask<Row?> ReadRow() => store.Rows.ReadAsync(new RowKey(Partition, Key(500)), CancellationToken.None);

    [Benchmark]
    public ValueTask<RowPage> ScanPageOf1000() => store.Rows.ScanAsync(RowRange.All(Partition), StoreLimits.PageRows, CancellationToken.None);

    [Benchmark]
    public Task ReadBodyOf5KB() => ReadAsync(small);

    [Benchmark]
    public Task ReadBodyOf1MB() => ReadAsync(large);

    private async Task ReadAsync(BodyRef body)
    {
        await using var stream = await store.Bodies.OpenReadAsync(body, BodyRange.All, CancellationToken.None);
        await stream.CopyToAsync(Stream.Null);
    }

    private static string Key(int number) => "i!" + number.ToString("D12", CultureInfo.InvariantCulture);
}
