using System.Buffers;
using System.IO.Pipelines;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Mail.Storage;
using Orleans.Mail.Storage.Sqlite;

namespace Orleans.Mail.MicroBenchmarks.Storage;

/// <summary>An embedded store in a folder of its own, which goes with it. The folder is on a disk, so that an fsync is one.</summary>
internal sealed class TemporaryStore : IAsyncDisposable
{
    private readonly string folder = Path.Combine(AppContext.BaseDirectory, $"store-{Guid.NewGuid():N}");
    private readonly SqliteStore store;

    public TemporaryStore() =>
        store = SqliteStore.Open(new SqliteOptions { Path = folder }, TimeProvider.System, NullLogger<SqliteStore>.Instance);

    public IRowStore Rows => store.Rows;

    public IBodyStore Bodies => store.Bodies;

    public ValueTask<BodyRef> PutAsync(byte[] body) =>
        Bodies.PutAsync(PipeReader.Create(new ReadOnlySequence<byte>(body)), default, CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        await store.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }
}
