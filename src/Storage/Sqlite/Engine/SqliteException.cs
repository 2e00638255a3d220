using SQLitePCL;

namespace Orleans.Mail.Storage.Sqlite;

/// <summary>SQLite refused a call. It never leaves the store: callers see <see cref="StorageException"/>.</summary>
internal sealed class SqliteException(int code, string message) : Exception($"SQLite error {code}: {message}")
{
    /// <summary>The primary code of a full disk.</summary>
    public const int Full = raw.SQLITE_FULL;

    /// <summary>The extended result code.</summary>
    public int Code { get; } = code;

    /// <summary>The primary result code.</summary>
    public int Primary => Code & 0xff;

    public StorageException ToStorageException() => new(Primary switch
    {
        Full => "the disk is full",
        raw.SQLITE_IOERR => "the disk does not read or write",
        raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB => "the database is damaged",
        _ => "the database is in trouble",
    }, this);
}
