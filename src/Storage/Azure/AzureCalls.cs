using System.Diagnostics;

namespace Orleans.Mail.Storage.Azure;

/// <summary>Sends requests: counts each, understands how it failed, and repeats what a passing reason stopped.</summary>
internal sealed class AzureCalls(AzureStoreOptions options, TimeProvider time, AzureMetrics metrics)
{
    private const int Backoff = 3;

    /// <summary>Sends a request that may be repeated without harm.</summary>
    /// <exception cref="StorageException">It was refused, or stayed without an answer.</exception>
    public async ValueTask<TResult> RunAsync<TState, TResult>(
        string kind, Func<TState, CancellationToken, Task<TResult>> request, TState state, CancellationToken cancellationToken)
    {
        for (var attempt = 0; ; attempt++)
        {
            var (result, failure) = await TryAsync(kind, request, state, cancellationToken);
            if (failure is null)
                return result!;
            if (await MayRepeatAsync(failure, attempt, cancellationToken))
                continue;
            cancellationToken.ThrowIfCancellationRequested();
            throw failure.ToException();
        }
    }

    /// <summary>Sends a request once.</summary>
    public async ValueTask<(TResult? Result, Failure? Failure)> TryAsync<TState, TResult>(
        string kind, Func<TState, CancellationToken, Task<TResult>> request, TState state, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        try
        {
            var result = await request(state, cancellationToken);
            metrics.Count(kind, "ok", started);
            return (result, null);
        }
        catch (Exception exception) when (Failure.Of(exception) is { } failure)
        {
            metrics.Count(kind, failure.Outcome, started);
            return (default, failure);
        }
    }

    /// <summary>Sends a request that writes rows, once.</summary>
    public async ValueTask<(ETag[]? ETags, Failure? Failure)> WriteAsync<TState>(
        string kind, Func<TState, CancellationToken, Task<TableReply>> request, TState state, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        ETag[]? etags = null;
        Failure? failure;
        try
        {
            var reply = await request(state, cancellationToken);
            (etags, failure) = (reply.ETags, Failure.Of(reply));
        }
        catch (Exception exception) when (Failure.Of(exception) is { } understood)
        {
            failure = understood;
        }

        metrics.Count(kind, failure?.Outcome ?? "ok", started);
        return (etags, failure);
    }

    /// <summary>Waits before a repetition. False: repeating cannot help, was done often enough, or nobody waits for it any more.</summary>
    public async ValueTask<bool> MayRepeatAsync(Failure failure, int attempt, CancellationToken cancellationToken)
    {
        if (failure.Kind is not (FailureKind.NotDone or FailureKind.Doubt) || attempt >= options.Retries)
            return false;
        // Half of the wait is by chance, so that those who failed together do not come back together.
        var delay = options.RetryDelay * Math.Pow(Backoff, attempt) * (0.5 + (Random.Shared.NextDouble() / 2));
        var wait = Task.Delay(delay, time, cancellationToken);
        await wait.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return wait.IsCompletedSuccessfully;
    }
}
