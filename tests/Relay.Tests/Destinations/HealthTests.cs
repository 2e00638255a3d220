using Orleans.Mail.Grains;

namespace Orleans.Mail.Relay.Tests.Destinations;

public sealed class HealthTests
{
    private readonly DestinationWorld world = new();

    public HealthTests()
    {
        world.Mx("x.test").Has("10 mx.test 192.0.2.1");
        world.Mx("y.test").Has("10 mx.test 192.0.2.1");
        world.Sender.Reaches = static _ => Task.FromResult(false);
    }

    [Fact]
    public async Task A_dead_destination_is_spared_and_the_cluster_is_told()
    {
        await world.SendAsync("x.test");
        var closed = await world.ClosedAsync("x.test");
        Assert.Equal("4.4.1 connection refused", closed.Status);
        Assert.Equal(world.Time.GetUtcNow() + TimeSpan.FromMinutes(1), closed.Until);
        Assert.Equal([false], world.Mx("x.test").Reports);
        Assert.Single(world.Sender.Sent);
    }

    [Fact]
    public async Task Who_waits_for_a_dead_destination_is_told_at_once()
    {
        var slow = new TaskCompletionSource<bool>();
        world.Sender.Reaches = _ => slow.Task;
        var places = new List<IRelayPlace>();
        for (var i = 0; i < 5; i++)
            places.Add(await world.OpenAsync("x.test"));
        var sending = world.SendAsync(places[0], "joe@x.test");
        var waiting = Enumerable.Range(0, 50).Select(_ => world.EnterAsync("x.test")).ToArray();
        Assert.DoesNotContain(waiting, static each => each.IsCompleted);

        slow.SetResult(false);

        var answers = await Task.WhenAll(waiting).WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        Assert.All(answers, static answer => Assert.IsType<RelayEntrance.Closed>(answer));
        await sending;
        foreach (var place in places)
            await place.DisposeAsync();
    }

    [Fact]
    public async Task Domains_of_the_same_hosts_rest_together()
    {
        await world.SendAsync("x.test");
        await world.ClosedAsync("y.test");
        Assert.Equal([false], world.Mx("y.test").Reports);
        Assert.Single(world.Sender.Sent);
    }

    [Fact]
    public async Task After_the_rest_one_goes_first_and_each_rest_is_longer()
    {
        await world.SendAsync("x.test");
        foreach (var minutes in (int[])[1, 2, 4, 8, 15, 15])
        {
            Assert.Equal(world.Time.GetUtcNow() + TimeSpan.FromMinutes(minutes), (await world.ClosedAsync("x.test")).Until);
            world.Time.Advance(TimeSpan.FromMinutes(minutes) + TimeSpan.FromSeconds(5));
            var probe = await world.OpenAsync("x.test");
            var other = world.EnterAsync("x.test");
            await world.SendAsync(probe, "joe@x.test");
            Assert.IsType<RelayEntrance.Closed>(await other.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken));
            await probe.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_probe_that_reaches_a_host_opens_the_destination_again()
    {
        await world.SendAsync("x.test");
        world.Time.Advance(TimeSpan.FromMinutes(2));
        world.Sender.Reaches = static _ => Task.FromResult(true);
        var probe = await world.OpenAsync("x.test");
        var others = Enumerable.Range(0, 4).Select(_ => world.EnterAsync("x.test")).ToArray();
        await world.SendAsync(probe, "joe@x.test");
        Assert.All(await Task.WhenAll(others).WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken), static each => Assert.IsType<RelayEntrance.Open>(each));
        Assert.Equal([false, true], world.Mx("x.test").Reports);
    }

    [Fact]
    public async Task FLUSH_ends_the_rest_within_five_seconds()
    {
        await world.SendAsync("x.test");
        await world.ClosedAsync("x.test");
        await world.Mx("x.test").FlushAsync();
        world.Sender.Reaches = static _ => Task.FromResult(true);
        world.Time.Advance(TimeSpan.FromSeconds(5));
        await world.SendAsync("x.test");
    }

    [Fact]
    public async Task What_failed_elsewhere_is_spared_here_too()
    {
        await world.Mx("x.test").ReportAsync(reached: false, "4.4.1 no route");
        Assert.Equal("4.4.1 no route", (await world.ClosedAsync("x.test")).Status);
        world.Time.Advance(TimeSpan.FromMinutes(2));
        await using var probe = await world.OpenAsync("x.test");
        Assert.False(world.EnterAsync("x.test").IsCompleted);
    }

    [Fact]
    public async Task One_failure_of_a_live_destination_is_not_its_death_and_three_are()
    {
        world.Sender.Reaches = static _ => Task.FromResult(true);
        await world.SendAsync("x.test");
        world.Sender.Reaches = static _ => Task.FromResult(false);
        await world.SendAsync("x.test");
        await world.SendAsync("x.test");
        Assert.Empty(world.Mx("x.test").Reports);
        await world.SendAsync("x.test");
        await world.ClosedAsync("x.test");
    }

    [Fact]
    public async Task A_dead_destination_delays_no_other()
    {
        world.Mx("live.test").Has("10 mx.live.test 192.0.2.2");
        var slow = new TaskCompletionSource<bool>();
        world.Sender.Reaches = route => route.Key == "mx.test" ? slow.Task : Task.FromResult(true);
        await (await world.OpenAsync("x.test")).DisposeAsync(); // from now on, while time stands still, DNS is known
        var stuck = Enumerable.Range(0, 2000).Select(_ => world.EnterAsync("x.test")).ToArray();
        await world.SendAsync("live.test").WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        Assert.Equal(5, stuck.Count(static each => each.IsCompleted));
    }

    [Fact]
    public void A_destination_that_failed_for_an_hour_is_tried_slowly()
    {
        var health = HostHealth.Well;
        var now = world.Time.GetUtcNow();
        var attempts = 0;
        while (!health.IsDead)
        {
            health = health.Fail(now, "4.4.1 refused");
            now = health.RestsUntil!.Value;
            Assert.InRange(++attempts, 1, 20);
        }

        Assert.True(now - health.Since >= TimeSpan.FromHours(1));
        Assert.Equal(TimeSpan.FromHours(1), health.Fail(now, "").RestsUntil - now);
    }
}
