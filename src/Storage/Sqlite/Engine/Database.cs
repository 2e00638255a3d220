using System.Runtime.InteropServices;
using SQLitePCL;

namespace Orleans.Mail.Storage.Sqlite;

/// <summary>One connection to the database and its prepared statements. Used by one thread at a time.</summary>
internal sealed partial class Database : IDisposable
{
    private const int Library_MemoryStatus = 9; // SQLITE_CONFIG_MEMSTATUS
    private const int Control_PersistWal = 10; // SQLITE_FCNTL_PERSIST_WAL

    /// <summary>Readers end within milliseconds; a log that cannot be begun anew because of one is begun anew later.</summary>
    private const int BusyMilliseconds = 250;

    /// <summary>Another process than the store's waits this long, for instance for the recovery after a crash.</summary>
    private const int PatientMilliseconds = 5000;

    private readonly sqlite3 connection;
    private readonly List<Statement> statements = [];

    static Database()
    {
        Batteries_V2.Init();
        raw.sqlite3_config(Library_MemoryStatus, 0); // its counters are one lock around every allocation
    }

    private Database(sqlite3 connection) => this.connection = connection;

    /// <summary>The handle, for calls that take two of them.</summary>
    public sqlite3 Connection => connection;

    /// <summary>Whether a transaction is open: SQLite rolls back by itself on some errors.</summary>
    public bool InTransaction => raw.sqlite3_get_autocommit(connection) == 0;

    /// <summary>Rows that the last statement changed.</summary>
    public int Changes => raw.sqlite3_changes(connection);

    public static Database Open(string path, long cacheSize, string? vfs = null)
    {
        const int flags = raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_CREATE | raw.SQLITE_OPEN_NOMUTEX;
        return Open(path, flags, database => database.Prepare(cacheSize), vfs);
    }

    /// <summary>
    /// A connection to a database that exists, for another process than the store's: it reads, and changes nothing.
    /// </summary>
    public static Database OpenToRead(string path, long cacheSize) =>
        Open(path, raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_NOMUTEX, database =>
        {
            raw.sqlite3_busy_timeout(database.connection, PatientMilliseconds);
            database.Execute($"PRAGMA query_only = ON; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -{cacheSize / 1024}");
            database.KeepWal();
        });

    /// <summary>A new file that another database is copied into; who wants it durable flushes it at the end.</summary>
    public static Database Create(string path) =>
        Open(path, raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_CREATE | raw.SQLITE_OPEN_NOMUTEX, database =>
            database.Execute("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF"));

    public Statement Prepare(string sql)
    {
        Check(raw.sqlite3_prepare_v3(connection, sql, raw.SQLITE_PREPARE_PERSISTENT, out var handle));
        var statement = new Statement(this, handle);
        statements.Add(statement);
        return statement;
    }

    public void Execute(string sql) => Check(raw.sqlite3_exec(connection, sql));

    public long ReadNumber(string sql)
    {
        Check(raw.sqlite3_prepare_v2(connection, sql, out var handle));
        using (handle)
            return raw.sqlite3_step(handle) == raw.SQLITE_ROW ? raw.sqlite3_column_int64(handle, 0) : throw Error();
    }

    public string ReadText(string sql)
    {
        Check(raw.sqlite3_prepare_v2(connection, sql, out var handle));
        using (handle)
            return raw.sqlite3_step(handle) == raw.SQLITE_ROW ? raw.sqlite3_column_text(handle, 0).utf8_to_string() : throw Error();
    }

    /// <summary>Carries the log into the database.</summary>
    /// <returns>Frames in the log, and how many of them are carried over; null when others were in the way.</returns>
    public WalState? Checkpoint(int mode)
    {
        var code = raw.sqlite3_wal_checkpoint_v2(connection, null, mode, out var frames, out var done);
        if (code == raw.SQLITE_BUSY)
            return null;
        Check(code);
        return new WalState(frames, done);
    }

    public SqliteException Error() => new(raw.sqlite3_extended_errcode(connection), raw.sqlite3_errmsg(connection).utf8_to_string());

    public void Dispose()
    {
        foreach (var statement in statements)
            statement.Dispose();
        connection.Dispose();
    }

    private static Database Open(string path, int flags, Action<Database> prepare, string? vfs = null)
    {
        var code = raw.sqlite3_open_v2(path, out var connection, flags, vfs);
        var database = new Database(connection);
        try
        {
            database.Check(code);
            raw.sqlite3_extended_result_codes(connection, 1);
            raw.sqlite3_busy_timeout(connection, BusyMilliseconds);
            prepare(database);
            return database;
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    private void Prepare(long cacheSize)
    {
        if (ReadNumber("PRAGMA page_count") == 0) // in an existing database they would write
            Execute("PRAGMA page_size = 4096; PRAGMA auto_vacuum = INCREMENTAL");
        Execute(
            $"""
            PRAGMA journal_mode = WAL;
            PRAGMA synchronous = FULL;
            PRAGMA wal_autocheckpoint = 0;
            PRAGMA temp_store = MEMORY;
            PRAGMA cache_size = -{cacheSize / 1024};
            """);
        KeepWal();
    }

    private void Check(int code)
    {
        if (code != raw.SQLITE_OK)
            throw connection.IsInvalid ? new SqliteException(code, "no connection") : Error();
    }

    // The log file outlives the last connection: writing into its blocks again is cheaper than new blocks.
    private void KeepWal()
    {
        var on = 1;
        if (FileControl(connection.DangerousGetHandle(), null, Control_PersistWal, ref on) != raw.SQLITE_OK)
            throw Error();
    }

    [LibraryImport("e_sqlite3", EntryPoint = "sqlite3_file_control", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories | DllImportSearchPath.AssemblyDirectory)]
    private static partial int FileControl(nint connection, string? database, int operation, ref int argument);
}

/// <param name="Frames">Pages in the log.</param>
/// <param name="Done">Those that are in the database, too.</param>
internal readonly record struct WalState(int Frames, int Done);
