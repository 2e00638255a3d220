using Microsoft.Extensions.Options;

namespace Orleans.Mail.Grains;

/// <summary>
/// Time limits of calls to the store without a timer per call: calls that start within one second share a token, which
/// ends between <see cref="StoreCallOptions.TimeLimit"/> and one second later.
/// </summary>
internal sealed class StoreDeadline(IOptions<StoreCallOptions> options, TimeProvider time)
{
    private static readonly TimeSpan Slice = TimeSpan.FromSeconds(1);

    private readonly TimeSpan limit = options.Value.TimeLimit;
    private Shared? shared;

    /// <summary>The token of a call that starts now.</summary>
    public CancellationToken Token
    {
        get
        {
            var current = Volatile.Read(ref shared);
            if (current is null || time.GetElapsedTime(current.Started) >= Slice)
            {
                // Two threads may both start a slice; each token is as good as the other.
                current = new Shared(time.GetTimestamp(), new CancellationTokenSource(limit + Slice, time));
                Volatile.Write(ref shared, current);
            }

            return current.Source.Token;
        }
    }

    private sealed record Shared(long Started, CancellationTokenSource Source);
}
