using System.Globalization;
using BenchmarkDotNet.Attributes;
using Orleans.Mail.Storage;

namespace Orleans.Mail.MicroBenchmarks.Storage;

/// <summary>Durable commits, as a delivery makes them: concurrent callers share a transaction and its fsync.</summary>
public class CommitBenchmarks
{
    private const int Commits = 200;

    private readonly byte[] record = new byte[200];
    private readonly byte[] body = new byte[5 * 1024];
    private TemporaryStore store = null!;
    private int next;

    /// <summary>Commits under way together.</summary>
    [Params(1, 20, 100)]
    public int Callers { get; set; }

    [GlobalSetup]
    public void Open() => store = new TemporaryStore();

    [GlobalCleanup]
    public async Task CloseAsync() => await store.DisposeAsync();

    [Benchmark(OperationsPerInvoke = Commits)]
    public Task InsertRow() => RunCallersAsync(withBody: false);

    [Benchmark(OperationsPerInvoke = Commits)]
    public Task InsertRowWithBodyOf5KB() => RunCallersAsync(withBody: true);

    private Task RunCallersAsync(bool withBody) =>
        Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => Task.Run(() => CommitAsync($"m!{caller}", withBody))));

    private async Task CommitAsync(string partition, bool withBody)
    {
        for (var i = 0; i < Commits / Callers; i++)
        {
            var batch = new RowBatch(partition);
            batch.Insert("i!" + Interlocked.Increment(ref next).ToString("D12", CultureInfo.InvariantCulture), record);
            if (withBody)
                batch.Require(await store.PutAsync(body));
            var result = await store.Rows.CommitAsync(batch, CancellationToken.None);
            if (result.Outcome != CommitOutcome.Done)
                throw new InvalidOperationException($"the commit ended with {result.Outcome}");
        }
    }
}
