namespace Orleans.Mail.Storage.Sqlite;

/// <summary>Begins the log anew: the writer pauses for it, which is short when little is left to carry over. False: readers were in the way.</summary>
internal sealed class RestartLogRequest : WriteRequest<bool>
{
    public override bool Grouped => false;

    public override void Execute(WriterSession session) =>
        Result = session.Database.Checkpoint(CheckpointMode.Restart) is not null;
}

/// <summary>Gives some free pages at the end of the database back to the file system.</summary>
internal sealed class VacuumRequest(int pages) : WriteRequest<bool>
{
    public override bool Grouped => false;

    public override void Execute(WriterSession session)
    {
        session.Database.Execute($"PRAGMA incremental_vacuum({pages})");
        Result = true;
    }
}
