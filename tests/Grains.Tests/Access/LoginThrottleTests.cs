using Microsoft.Extensions.Time.Testing;

namespace Orleans.Mail.Grains.Tests.Access;

public sealed class LoginThrottleTests
{
    private readonly FakeTimeProvider time = new();

    [Fact]
    public void Delays_double_up_to_the_longest()
    {
        var throttle = new LoginThrottle(new AccessOptions(), time);
        int[] expected = [1, 2, 4, 8, 10, 10];
        foreach (var seconds in expected)
        {
            throttle.Fail("a");
            Assert.Equal(TimeSpan.FromSeconds(seconds), throttle.DelayOf("a"));
        }
    }

    [Fact]
    public void A_delay_runs_off_and_the_failures_are_forgotten_later()
    {
        var throttle = new LoginThrottle(new AccessOptions(), time);
        throttle.Fail("a");
        throttle.Fail("a");

        time.Advance(TimeSpan.FromSeconds(1.5));
        Assert.Equal(TimeSpan.FromSeconds(0.5), throttle.DelayOf("a"));
        time.Advance(TimeSpan.FromMinutes(15));
        throttle.Fail("a");
        Assert.Equal(TimeSpan.FromSeconds(1), throttle.DelayOf("a"));
    }

    [Fact]
    public void Addresses_are_bounded_and_the_newest_are_kept()
    {
        var throttle = new LoginThrottle(new AccessOptions { Addresses = 100 }, time);
        for (var i = 0; i < 1000; i++)
            throttle.Fail($"a{i}");

        var kept = Enumerable.Range(0, 1000).Where(i => throttle.DelayOf($"a{i}") > TimeSpan.Zero).ToList();

        Assert.InRange(kept.Count, 50, 100);
        Assert.Equal(Enumerable.Range(1000 - kept.Count, kept.Count), kept);
    }
}
