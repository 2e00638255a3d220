using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Orleans.Mail.Grains.Tests.Queue;

public sealed class RetryScheduleTests
{
    private readonly FakeTimeProvider time = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly QueueOptions options = new();

    [Theory]
    [InlineData(1, 10)]
    [InlineData(2, 20)]
    [InlineData(4, 80)]
    [InlineData(6, 240)]
    [InlineData(60, 240)]
    public void Each_wait_is_twice_the_one_before_up_to_four_hours(int attempts, int minutes)
    {
        var wait = Wait(attempts);

        Assert.InRange(wait.TotalMinutes, minutes * 0.9, minutes * 1.1);
    }

    [Fact]
    public void At_once_is_meant_for_the_first_retry_only()
    {
        options.FirstRetry = TimeSpan.Zero;

        Assert.Equal(TimeSpan.Zero, Wait(1));
        Assert.InRange(Wait(2).TotalSeconds, 54, 132);
    }

    [Fact]
    public void When_the_time_is_over_there_is_one_last_attempt_and_then_none()
    {
        var entered = time.GetUtcNow();
        time.Advance(options.Lifetime - TimeSpan.FromMinutes(1));
        Assert.Equal(entered + options.Lifetime, Schedule.Next(entered, 9, overQuota: false));
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.Null(Schedule.Next(entered, 10, overQuota: false));
    }

    private RetrySchedule Schedule => new(Options.Create(options), time);

    private TimeSpan Wait(int attempts) => Schedule.Next(time.GetUtcNow(), attempts, overQuota: false)!.Value - time.GetUtcNow();
}
