using Orleans.Mail.Storage;

namespace Orleans.Mail.Silo;

/// <summary>
/// A silo of a cluster may start before its store answers: it waits, alive and not ready, so that Kubernetes does not
/// start it again and again at growing distances. After <see cref="Limit"/> it gives up: the settings may be wrong.
/// </summary>
internal sealed partial class StoreWait(IRowStore rows, TimeProvider time, ILogger<StoreWait> logger) : IHostedLifecycleService
{
    /// <summary>How long the store may be away.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    // Any row will do: what matters is an answer.
    private static readonly RowKey Asked = new("members", "version");

    /// <exception cref="StorageException">The store did not answer in time.</exception>
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await rows.ReadAsync(Asked, cancellationToken);
                return;
            }
            catch (StorageException exception) when (time.GetElapsedTime(began) < Limit)
            {
                if (attempt % 10 == 1)
                    LogAway(exception.Message);
            }
            catch (StorageException exception)
            {
                throw new StorageException($"The store did not answer for {Limit.TotalMinutes:0} minutes: {exception.Message}", exception);
            }

            await Task.Delay(RetryAfter, time, cancellationToken);
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(12, LogLevel.Warning, "the store does not answer yet; the silo waits for it: {Reason}")]
    private partial void LogAway(string reason);
}
