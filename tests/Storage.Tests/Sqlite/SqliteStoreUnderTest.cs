using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Mail.Storage.Sqlite;

namespace Orleans.Mail.Storage.Tests.Sqlite;

/// <summary>The embedded store in a folder of its own.</summary>
internal sealed class SqliteStoreUnderTest : StoreUnderTest
{
    private readonly Action<SqliteOptions>? configure;
    private readonly TimeProvider time;

    public SqliteStoreUnderTest(Action<SqliteOptions>? configure = null, TimeProvider? time = null)
    {
        this.configure = configure;
        this.time = time ?? TimeProvider.System;
        Store = Open(Folder.Path);
    }

    public TempFolder Folder { get; } = new();

    public SqliteStore Store { get; private set; }

    public override IRowStore Rows => Store.Rows;

    public override IBodyStore Bodies => Store.Bodies;

    public override int SmallBody => new SqliteOptions().BodyFileThreshold;

    public SqliteStore Open(string path)
    {
        var options = new SqliteOptions { Path = path, LogReserve = 0 };
        configure?.Invoke(options);
        return SqliteStore.Open(options, time, NullLogger<SqliteStore>.Instance);
    }

    public override async ValueTask ReopenAsync()
    {
        await Store.DisposeAsync();
        Store = Open(Folder.Path);
    }

    public override async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        Folder.Dispose();
    }
}
