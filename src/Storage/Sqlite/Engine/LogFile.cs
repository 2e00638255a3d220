namespace Orleans.Mail.Storage.Sqlite;

/// <summary>The file of the write-ahead log.</summary>
internal static class LogFile
{
    private const int Piece = 1024 * 1024;

    /// <summary>
    /// Lengthens the log with zeros, which SQLite takes for the end of what is written. Called before anybody writes. The
    /// database's own file must not be opened beside SQLite (closing it would drop SQLite's locks); the log has none.
    /// </summary>
    public static void Reserve(string database, long length)
    {
        using var file = File.OpenHandle(database + "-wal", FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite);
        var end = RandomAccess.GetLength(file);
        if (end >= length)
            return;
        var zeros = new byte[Piece];
        for (; end < length; end += Piece)
            RandomAccess.Write(file, zeros.AsSpan(0, (int)Math.Min(Piece, length - end)), end);
        RandomAccess.FlushToDisk(file);
    }
}
