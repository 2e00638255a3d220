using Microsoft.Extensions.Logging;

namespace Orleans.Mail.Storage.Sqlite;

/// <summary>Removes what no row will ever name: files that a crash left behind, once; bodies that nobody required, every minute.</summary>
internal sealed partial class BodyKeeper(SqliteBodyStore bodies, TimeProvider time, ILogger logger) : IAsyncDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromMinutes(1);
    private readonly CancellationTokenSource stop = new();
    private Task work = Task.CompletedTask;

    /// <summary>The removal of stray files; ends with it.</summary>
    public Task FirstSweep { get; private set; } = Task.CompletedTask;

    public void Start()
    {
        FirstSweep = Task.Run(() => TryAsync(bodies.DropStrayFilesAsync));
        work = Task.Run(LoopAsync);
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await FirstSweep;
        await work;
        stop.Dispose();
    }

    private async Task LoopAsync()
    {
        using var timer = new PeriodicTimer(Period, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stop.Token))
                await TryAsync(bodies.DropAbandonedAsync);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            LogStopped();
        }
    }

    private async Task TryAsync(Func<CancellationToken, Task> work)
    {
        try
        {
            await work(stop.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            LogStopped();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogRemovalFailed(e); // the next round tries again
        }
    }
}
