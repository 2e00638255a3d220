using System.Collections.Concurrent;

namespace Orleans.Mail.Storage.Tests.Sqlite;

/// <summary>Trouble of the disk under one store's log, as SQLite meets it (<see cref="FaultyVfs"/>).</summary>
internal sealed class DiskFaults
{
    private static readonly ConcurrentDictionary<string, DiskFaults> ByFolder = new();
    private long logEnd;
    private long limit = long.MaxValue;
    private int failingSyncs;
    private int syncs;
    private Action? onNextWrite;
    private volatile bool broken;
    private volatile Action? beforeSync;

    private DiskFaults()
    {
    }

    /// <summary>Fsyncs of the log so far.</summary>
    public int Syncs => Volatile.Read(ref syncs);

    /// <summary>The disk under the store in <paramref name="folder"/>.</summary>
    public static DiskFaults Of(string folder) => ByFolder.GetOrAdd(folder, static _ => new DiskFaults());

    /// <summary>The log may grow by so much; then the disk is full.</summary>
    public void LeaveRoom(long length) => Volatile.Write(ref limit, Volatile.Read(ref logEnd) + length);

    /// <summary>Nothing can be written.</summary>
    public void Break() => broken = true;

    /// <summary>The next fsyncs fail after everything was written.</summary>
    public void FailSyncs(int count) => Volatile.Write(ref failingSyncs, count);

    /// <summary>The next fsync, and all after it, wait until <see cref="HungSync.Dispose"/>.</summary>
    public HungSync HangSyncs()
    {
        var hung = new HungSync();
        beforeSync = hung.Wait;
        return hung;
    }

    /// <summary>Called once before the next write.</summary>
    public void OnNextWrite(Action action) => Volatile.Write(ref onNextWrite, action);

    public void Repair()
    {
        Volatile.Write(ref limit, long.MaxValue);
        Volatile.Write(ref failingSyncs, 0);
        broken = false;
    }

    /// <summary>What a write meets.</summary>
    public DiskAnswer Write(long end)
    {
        Interlocked.Exchange(ref onNextWrite, null)?.Invoke();
        if (broken)
            return DiskAnswer.Error;
        if (end > Volatile.Read(ref limit))
            return DiskAnswer.Full;
        Volatile.Write(ref logEnd, end);
        return DiskAnswer.Ok;
    }

    /// <summary>What an fsync meets.</summary>
    public DiskAnswer Sync()
    {
        Interlocked.Increment(ref syncs);
        beforeSync?.Invoke();
        return Interlocked.Decrement(ref failingSyncs) >= 0 ? DiskAnswer.Error : DiskAnswer.Ok;
    }
}

internal enum DiskAnswer
{
    Ok,
    Full,
    Error,
}

/// <summary>An fsync that does not come back until it is disposed.</summary>
internal sealed class HungSync : IDisposable
{
    private readonly ManualResetEventSlim gate = new();
    private readonly TaskCompletionSource reached = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends when somebody waits for the fsync.</summary>
    public Task Reached => reached.Task;

    public void Wait()
    {
        reached.TrySetResult();
        gate.Wait();
    }

    public void Dispose() => gate.Set();
}
