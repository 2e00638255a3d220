namespace Orleans.Mail.Storage.Sqlite;

/// <summary>How the embedded store works. Sizes are octets.</summary>
public sealed class SqliteOptions
{
    /// <summary>The folder that holds everything; it is made when it is missing. Default: <c>./data</c>.</summary>
    public string Path { get; set; } = "./data";

    /// <summary>Bodies up to this size lie beside the rows, larger ones are files. Default: 128 KiB.</summary>
    public int BodyFileThreshold { get; set; } = 128 * 1024;

    /// <summary>Memory for all bodies that wait for their first row; past it they are spilled to files. Default: 64 MiB.</summary>
    public long PendingBodyBudget { get; set; } = 64 * 1024 * 1024;

    /// <summary>A body that no batch has required for this long is given up. Default: 5 minutes.</summary>
    public TimeSpan PendingBodyAge { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Past this size of the write-ahead log the writer pauses once to start it anew. Default: 64 MiB.</summary>
    public long WalLimit { get; set; } = 64 * 1024 * 1024;

    /// <summary>The log has this length from the beginning, since writing into blocks that it has costs half of new ones. Default: 16 MiB.</summary>
    public long LogReserve { get; set; } = 16 * 1024 * 1024;

    /// <summary>So much new log is carried into the database at a time, beside the writer. Default: 16 MiB.</summary>
    public long CheckpointSize { get; set; } = 16 * 1024 * 1024;

    /// <summary>After so long without a write the log is started anew and free pages are given back. Default: 250 ms.</summary>
    public TimeSpan QuietTime { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Free space that stays in the database for new rows and bodies; more is given back in quiet moments. Default: 64 MiB.</summary>
    public long FreeReserve { get; set; } = 64 * 1024 * 1024;

    /// <summary>Connections that read, 1 to 64. Default: 4.</summary>
    public int Readers { get; set; } = 4;

    /// <summary>Page cache of the writer and of each reader. Default: 8 MiB.</summary>
    public long CacheSize { get; set; } = 8 * 1024 * 1024;

    /// <summary>Writes that may wait for the writer; further callers wait for room. Default: 2,048.</summary>
    public int QueueLength { get; set; } = 2048;

    /// <summary>Writes of one group at most. Default: 256.</summary>
    public int GroupLength { get; set; } = 256;

    /// <summary>Octets of one group at most (a single larger batch is a group of its own). Default: 4 MiB.</summary>
    public long GroupSize { get; set; } = 4 * 1024 * 1024;

    /// <summary>How long a caller waits for its write: not begun by then = not written, else unknown. Default: 4 s, below the 5 s of a grain call.</summary>
    public TimeSpan WriteTimeout { get; set; } = TimeSpan.FromSeconds(4);

    /// <summary>The layer between SQLite and the files; tests put one with faults here.</summary>
    internal string? Vfs { get; set; }

    /// <exception cref="ArgumentException">A value cannot work.</exception>
    internal void Validate()
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(Path);
        ArgumentOutOfRangeException.ThrowIfNegative(BodyFileThreshold);
        ArgumentOutOfRangeException.ThrowIfNegative(PendingBodyBudget);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(WalLimit);
        ArgumentOutOfRangeException.ThrowIfNegative(LogReserve);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(CheckpointSize);
        ArgumentOutOfRangeException.ThrowIfLessThan(Readers, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Readers, 64);
        ArgumentOutOfRangeException.ThrowIfLessThan(QueueLength, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(GroupLength, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(GroupSize, 1);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(WriteTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(QuietTime, TimeSpan.Zero);
    }
}
