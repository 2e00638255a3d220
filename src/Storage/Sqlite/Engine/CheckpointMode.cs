namespace Orleans.Mail.Storage.Sqlite;

/// <summary>Modes of <c>sqlite3_wal_checkpoint_v2</c>.</summary>
internal static class CheckpointMode
{
    /// <summary>Only tells the state of the log.</summary>
    public const int Noop = -1;

    /// <summary>Carries over what it can without waiting for anybody.</summary>
    public const int Passive = 0;

    /// <summary>Carries everything over, so that the next write begins the log anew.</summary>
    public const int Restart = 2;
}
