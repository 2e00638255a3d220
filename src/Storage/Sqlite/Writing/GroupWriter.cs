using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Orleans.Mail.Storage.Sqlite;

/// <summary>
/// The one thread that writes. It takes everything that waits into one transaction with one fsync (group commit) and
/// answers each caller on the thread pool. Trouble in a group is settled before the next one: a batch is done, certainly
/// not written (<see cref="StorageException"/>), or unknown; the thread goes on whatever happens.
/// </summary>
internal sealed partial class GroupWriter : IAsyncDisposable
{
    private readonly Database database;
    private readonly WriterSession session;
    private readonly WriteQueue queue;
    private readonly SqliteOptions options;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly Thread thread;
    private readonly TaskCompletionSource stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly List<WriteRequest> group = [];

    public GroupWriter(Database database, PendingBodies pending, SqliteOptions options, TimeProvider time, ILogger logger)
    {
        this.database = database;
        this.options = options;
        this.time = time;
        this.logger = logger;
        session = new WriterSession(database, pending);
        queue = new WriteQueue(options);
        thread = new Thread(Loop) { IsBackground = true, Name = "mail store writer" };
    }

    /// <summary>Called on the writer's thread after each group, with the frames in the log.</summary>
    public Action<WalState>? OnCommitted { get; set; }

    /// <summary>Null: nobody measures.</summary>
    public StoreMetrics? Metrics { get; set; }

    public BodyCounters Counters => session.Durable;

    public void Start() => thread.Start();

    /// <summary>Waits for the result, for as long as a write may take.</summary>
    public async ValueTask<T> RunAsync<T>(WriteRequest<T> request, CancellationToken cancellationToken)
    {
        await queue.AddAsync(request, cancellationToken);
        using var registration = cancellationToken.UnsafeRegister(
            static (state, token) => ((WriteRequest<T>)state!).Cancel(token), request);
        try
        {
            return await request.Completion.WaitAsync(options.WriteTimeout, time, CancellationToken.None);
        }
        catch (TimeoutException)
        {
            if (request.TryGiveUp())
                throw new StorageException("the store did not begin to write in time");
            return request.OnTimeout();
        }
    }

    /// <summary>Does what waits, ends the thread, and leaves a log with nothing in it to recover.</summary>
    public async ValueTask DisposeAsync()
    {
        queue.Dispose();
        await stopped.Task;
        try
        {
            database.Checkpoint(CheckpointMode.Restart);
            session.Settle(); // begins the log anew
        }
        catch (SqliteException e)
        {
            LogNotCarriedOver(e); // the next start does it
        }
    }

    private void Loop()
    {
        while (queue.Take(group))
        {
            RunGroup(group.FindAll(static request => request.Grouped));
            foreach (var request in group)
            {
                if (!request.Grouped)
                    RunAlone(request);
            }

            group.Clear();
        }

        stopped.SetResult();
    }

    private void RunGroup(List<WriteRequest> requests)
    {
        if (requests.Count == 0)
            return;
        var started = Stopwatch.GetTimestamp();
        try
        {
            session.Begin();
            foreach (var request in requests)
                request.Execute(session);
        }
        catch (Exception e)
        {
            UndoGroup(requests, e);
            return;
        }

        try
        {
            session.Commit();
        }
        catch (SqliteException e) when (e.Primary == SqliteException.Full)
        {
            UndoGroup(requests, e); // the page that ends a commit comes last, and was not written
            return;
        }
        catch (Exception e)
        {
            LogCommitFailed(e, requests.Count);
            SettleGroup(requests, Describe(e));
            return;
        }

        foreach (var request in requests)
            request.Complete();
        Metrics?.Committed(started, requests.Count);
        OnCommitted?.Invoke(ReadWal());
    }

    // Nothing was written. Each gets a transaction of its own, so that what cannot be written fails alone.
    private void UndoGroup(List<WriteRequest> requests, Exception cause)
    {
        LogGroupFailed(cause, requests.Count);
        try
        {
            session.Rollback();
        }
        catch (SqliteException e)
        {
            LogGroupFailed(e, requests.Count);
        }

        if (requests.Count == 1)
        {
            Metrics?.Failed(1);
            requests[0].Fail(Describe(cause));
            return;
        }

        foreach (var request in requests)
            RunGroup([request]);
    }

    private void SettleGroup(List<WriteRequest> requests, StorageException reason)
    {
        Metrics?.Failed(requests.Count);
        try
        {
            session.Rollback();
            session.Settle();
        }
        catch (SqliteException e)
        {
            LogCommitUnknown(e, requests.Count);
            foreach (var request in requests)
                request.Lose(reason);
            return;
        }

        foreach (var request in requests)
            request.Fail(reason);
    }

    private void RunAlone(WriteRequest request)
    {
        try
        {
            request.Execute(session);
            request.Complete();
        }
        catch (Exception e)
        {
            request.Fail(Describe(e));
        }
    }

    private WalState ReadWal()
    {
        try
        {
            return database.Checkpoint(CheckpointMode.Noop) ?? default;
        }
        catch (SqliteException e)
        {
            LogNotMeasured(e); // the group is durable all the same
            return default;
        }
    }

    private static StorageException Describe(Exception e) =>
        e is SqliteException sqlite ? sqlite.ToStorageException() : new StorageException("the store failed", e);
}
