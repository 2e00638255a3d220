using Microsoft.Extensions.Logging;

namespace Orleans.Mail.Storage.Sqlite;

/// <summary>
/// Keeps the write-ahead log short, on a thread and a connection of its own: it carries pages into the database beside
/// the writer, and has the log begun anew when it is too long or when nothing is written. A log that is begun anew is
/// written into the blocks that it has, which costs the file system less than new ones.
/// </summary>
internal sealed partial class LogKeeper : IAsyncDisposable
{
    private const int PageSize = 4096;

    /// <summary>Octets still to carry over at which the writer may pause: a few milliseconds.</summary>
    private const long ShortPause = 1024 * 1024;

    /// <summary>Passes before the writer pauses anyway: under load each leaves what came during it.</summary>
    private const int Passes = 3;

    private const int VacuumPages = 1024;

    private readonly Database database;
    private readonly GroupWriter writer;
    private readonly SqliteOptions options;
    private readonly ILogger logger;
    private readonly AutoResetEvent wake = new(false);
    private readonly TaskCompletionSource stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long commits;
    private volatile bool stopping;

    public LogKeeper(Database database, GroupWriter writer, SqliteOptions options, ILogger logger)
    {
        this.database = database;
        this.writer = writer;
        this.options = options;
        this.logger = logger;
        writer.OnCommitted = Notice;
    }

    public void Start() => new Thread(Loop) { IsBackground = true, Name = "mail store log keeper" }.Start();

    public async ValueTask DisposeAsync()
    {
        stopping = true;
        wake.Set();
        await stopped.Task;
        lock (wake)
            wake.Dispose();
        database.Dispose();
    }

    // On the writer's thread.
    private void Notice(WalState log)
    {
        Volatile.Write(ref commits, commits + 1);
        if ((log.Frames - log.Done) * (long)PageSize >= options.CheckpointSize || IsLong(log))
        {
            lock (wake)
            {
                if (!stopping) // the writer may still write what waits
                    wake.Set();
            }
        }
    }

    private void Loop()
    {
        var seen = 0L;
        while (true)
        {
            var woken = wake.WaitOne(options.QuietTime);
            if (stopping)
                break;
            var now = Volatile.Read(ref commits);
            var quiet = !woken && now == seen;
            seen = now;
            try
            {
                if (woken)
                    CarryOver();
                else if (quiet)
                    TidyUp();
            }
            catch (Exception e) when (e is SqliteException or StorageException)
            {
                LogKeepingFailed(e); // the next round tries again
            }
        }

        stopped.SetResult();
    }

    private void CarryOver()
    {
        var log = Pass();
        for (var pass = 1; pass < Passes && IsLong(log) && Rest(log) > ShortPause; pass++)
            log = Pass();
        // A backup reads one snapshot for seconds or minutes, and the writer would wait for it: the log grows until it ends.
        if (IsLong(log) && Rest(log) > 0 && !BodyHold.IsHeld(options.Path))
            Await(new RestartLogRequest());
        wake.Reset(); // what woke us meanwhile is done
    }

    private void TidyUp()
    {
        // Once all is carried over, the next write begins the log anew by itself.
        if (Rest(State()) > 0)
            Pass();

        // Pages just freed are soon used again: a reserve stays.
        if (database.ReadNumber("PRAGMA freelist_count") * PageSize > options.FreeReserve)
            Await(new VacuumRequest(VacuumPages));
    }

    private WalState Pass()
    {
        database.Checkpoint(CheckpointMode.Passive);
        return State();
    }

    private WalState State() => database.Checkpoint(CheckpointMode.Noop) ?? default;

    private void Await(WriteRequest<bool> request) =>
        writer.RunAsync(request, CancellationToken.None).AsTask().GetAwaiter().GetResult();

    private bool IsLong(WalState log) => log.Frames * (long)PageSize >= options.WalLimit;

    private static long Rest(WalState log) => (log.Frames - log.Done) * (long)PageSize;
}
