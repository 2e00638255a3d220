using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;

namespace Orleans.Mail.Gateway.Tests.Pop3;

/// <summary>A clock that only a test moves, and that tells when somebody starts to wait for it.</summary>
internal sealed class WatchedTime() : FakeTimeProvider(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero))
{
    private readonly Channel<TimeSpan> timers = Channel.CreateUnbounded<TimeSpan>();

    /// <summary>Ends when a timer that fires once is made, or was made since the last call.</summary>
    public async Task NextTimerAsync(CancellationToken cancellationToken) => await timers.Reader.ReadAsync(cancellationToken);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        if (period == Timeout.InfiniteTimeSpan)
            timers.Writer.TryWrite(dueTime);
        return timer;
    }
}
