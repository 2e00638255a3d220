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

    private readonly sqlite3 connection;
    private readonly List<Statement> statements = [];

    static Database()
    {
        Batteries_V2.Init();
        raw.sqlite3_config(Library_MemoryStatus, 0); // its counters are one lock around every allocation
    }

    private Database(sqlite3 connection) => this.connection = connection;

    /// <summary>Whether a transaction is open: SQLite rolls back by itself on some errors.</summary>
    public bool InTransaction => raw.sqlite3_get_autocommit(connection) == 0;

    /// <summary>Rows that the last statement changed.</summary>
    public int Changes => raw.sqlite3_changes(connection);

    public static Database Open(string path, long cacheSize, string? vfs = null)
    {
        const int flags = raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_CREATE | raw.SQLITE_OPEN_NOMUTEX;
        var code = raw.sqlite3_open_v2(path, out var connection, flags, vfs);
        var database = new Database(connection);
        try
        {
            database.Check(code);
            raw.sqlite3_extended_result_codes(connection, 1);
            raw.sqlite3_busy_timeout(connection, BusyMilliseconds);
            if (database.ReadNumber("PRAGMA page_count") == 0) // in an existing database they would write
                database.Execute("PRAGMA page_size = 4096; PRAGMA auto_vacuum = INCREMENTAL");
            database.Execute(
                $"""
                PRAGMA journal_mode = WAL;
                PRAGMA synchronous = FULL;
                PRAGMA wal_autocheckpoint = 0;
                PRAGMA temp_store = MEMORY;
                PRAGMA cache_size = -{cacheSize / 1024};
                """);
            database.KeepWal();
            return database;
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

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
