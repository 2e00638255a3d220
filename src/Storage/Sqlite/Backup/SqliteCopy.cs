using Microsoft.Win32.SafeHandles;
using SQLitePCL;

namespace Orleans.Mail.Storage.Sqlite;

/// <summary>Copies a database as it is at one moment, whoever writes it meanwhile.</summary>
internal static class SqliteCopy
{
    private const int PagesOfStep = 1024;

    /// <summary>The disk takes the copy in pieces of 16 MiB, so that the server's own syncs do not wait for all of it at the end.</summary>
    private const int StepsOfFlush = 4;

    /// <summary>
    /// The pages of one snapshot go to a new file, which is durable afterwards. The snapshot is a read transaction of
    /// <paramref name="source"/> that begins here: while it is open, nothing restarts the copy.
    /// </summary>
    public static void Write(Database source, string target, CancellationToken cancellationToken)
    {
        source.Execute("BEGIN");
        try
        {
            source.ReadNumber("SELECT bodies FROM counter"); // the transaction begins with its first read
            using var copy = Database.Create(target);
            using var file = File.OpenHandle(target, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite);
            Step(source, copy, file, cancellationToken);
        }
        finally
        {
            source.Execute("ROLLBACK");
        }
    }

    private static void Step(Database source, Database copy, SafeFileHandle file, CancellationToken cancellationToken)
    {
        using var backup = raw.sqlite3_backup_init(copy.Connection, "main", source.Connection, "main");
        if (backup is null || backup.IsInvalid)
            throw copy.Error();
        int code;
        var step = 0;
        do
        {
            cancellationToken.ThrowIfCancellationRequested();
            code = raw.sqlite3_backup_step(backup, PagesOfStep);
            if (++step % StepsOfFlush == 0 || code == raw.SQLITE_DONE)
                RandomAccess.FlushToDisk(file);
        }
        while (code == raw.SQLITE_OK);
        if (code != raw.SQLITE_DONE)
            throw new SqliteException(code, "the database could not be copied");
    }
}
