using System.Diagnostics.Metrics;
using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Orleans.Mail.Storage.Sqlite;

/// <summary>The embedded store: a database for rows and small bodies, and files for large bodies, in one folder that one process uses.</summary>
public sealed class SqliteStore : IAsyncDisposable
{
    internal const string FileName = "mail.db";

    /// <summary>A log that grew because of a long read (a backup) is cut to so many times its limit when it begins anew.</summary>
    private const int LogRoom = 4;

    private readonly StoreLock folderLock;
    private readonly Database database;
    private readonly GroupWriter writer;
    private readonly ReaderPool readers;
    private readonly PendingBodies pending;
    private readonly LogKeeper logKeeper;
    private readonly BodyKeeper bodyKeeper;
    private readonly SqliteBodyStore bodies;
    private bool disposed;

    private SqliteStore(StoreLock folderLock, Database database, SqliteOptions options, TimeProvider time, ILogger logger)
    {
        this.folderLock = folderLock;
        this.database = database;
        Schema.Prepare(database);
        database.Execute(string.Create(CultureInfo.InvariantCulture, $"PRAGMA journal_size_limit = {LogRoom * options.WalLimit}"));
        LogFile.Reserve(Path.Combine(options.Path, FileName), options.LogReserve);
        var files = new BodyFiles(options.Path);
        pending = new PendingBodies(options.PendingBodyBudget);
        writer = new GroupWriter(database, pending, options, time, logger);
        readers = new ReaderPool(Enumerable.Range(0, options.Readers).Select(_ => new Reader(Connect(options))));
        logKeeper = new LogKeeper(Connect(options), writer, options, logger);
        bodies = new SqliteBodyStore(
            writer, readers, pending, files, new BodyIds(writer.Counters.Last, time), options, time);
        bodyKeeper = new BodyKeeper(bodies, time, logger);
        Rows = new SqliteRowStore(writer, readers);
    }

    public IRowStore Rows { get; }

    public IBodyStore Bodies => bodies;

    /// <summary>Octets of memory that bodies use while they wait for their rows.</summary>
    internal long PendingMemory => pending.Reserved;

    /// <summary>Ends when the files that a crash left behind are removed.</summary>
    internal Task FirstSweep => bodyKeeper.FirstSweep;

    /// <summary>Gives up the bodies that nobody has required for too long, as the store itself does every minute.</summary>
    internal Task DropAbandonedAsync(CancellationToken cancellationToken) => bodies.DropAbandonedAsync(cancellationToken);

    /// <summary>How long the log is. For tests: it uses the writer's connection, so nothing may be written meanwhile.</summary>
    internal WalState ReadLog() => database.Checkpoint(CheckpointMode.Noop) ?? default;

    /// <summary>Whether there is a store in the folder.</summary>
    public static bool Exists(string folder) => BackupFolder.HasDatabase(folder);

    /// <summary>Whether there is a store in the folder and no process uses it.</summary>
    public static bool IsFree(string folder)
    {
        if (!Exists(folder))
            return false;
        try
        {
            StoreLock.Take(folder).Dispose();
            return true;
        }
        catch (StorageException)
        {
            return false;
        }
    }

    /// <summary>Opens the store, or makes a new one.</summary>
    /// <exception cref="StorageException">Another process uses the folder, or it cannot be used.</exception>
    public static SqliteStore Open(
        SqliteOptions options, TimeProvider time, ILogger<SqliteStore> logger, IMeterFactory? meters = null)
    {
        options.Validate();
        Directory.CreateDirectory(options.Path);
        var folderLock = StoreLock.Take(options.Path);
        Database? database = null;
        try
        {
            if (StoreRestore.WasCutShort(options.Path))
                throw new StorageException($"a restore into {options.Path} was cut short: repeat it");
            database = Connect(options);
            var store = new SqliteStore(folderLock, database, options, time, logger);
            if (meters is not null)
                store.writer.Metrics = new StoreMetrics(meters, store.writer, store.pending);
            Posix.FlushFolder(options.Path);
            store.Start();
            return store;
        }
        catch (Exception e)
        {
            database?.Dispose();
            folderLock.Dispose();
            if (e is SqliteException sqlite)
                throw sqlite.ToStorageException();
            throw;
        }
    }

    /// <summary>Does the writes that wait, carries the log over and closes everything. Bodies that nobody required are given up.</summary>
    public async ValueTask DisposeAsync()
    {
        if (disposed)
            return;
        disposed = true;
        await bodyKeeper.DisposeAsync();
        await logKeeper.DisposeAsync();
        await writer.DisposeAsync();
        await readers.DisposeAsync();
        pending.Clear();
        database.Execute("PRAGMA journal_size_limit = -1"); // closing would cut the log to nothing
        database.Dispose();
        folderLock.Dispose();
    }

    private static Database Connect(SqliteOptions options) =>
        Database.Open(Path.Combine(options.Path, FileName), options.CacheSize, options.Vfs);

    private void Start()
    {
        writer.Start();
        logKeeper.Start();
        bodyKeeper.Start();
    }
}
