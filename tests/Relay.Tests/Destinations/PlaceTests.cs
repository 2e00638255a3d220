using Orleans.Mail.Grains;

namespace Orleans.Mail.Relay.Tests.Destinations;

public sealed class PlaceTests
{
    private readonly List<Task<RelayEntrance>> waiting = [];

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_destination_begins_with_a_few_places_and_grows_by_success_up_to_its_cap()
    {
        var world = World(static options => (options.FirstConnections, options.MaxConnectionsPerDestination) = (2, 4));
        await KnowAsync(world, "x.test");
        Assert.Equal(2, await CountAsync(world, "x.test"));
        for (var i = 0; i < 50; i++)
            await world.SendAsync("x.test");
        Assert.Equal(4, await CountAsync(world, "x.test"));
    }

    [Fact]
    public async Task Domains_of_the_same_hosts_are_one_destination()
    {
        var world = World(static options => options.FirstConnections = 1);
        world.Mx("one.test").Has("10 mx.test 192.0.2.1", "20 mx2.test 192.0.2.2");
        world.Mx("two.test").Has("10 mx2.test 192.0.2.2", "20 mx.test 192.0.2.1");
        await using var place = await world.OpenAsync("one.test");
        Assert.False(world.EnterAsync("two.test").IsCompleted);
    }

    [Fact]
    public async Task Who_waits_comes_in_turn()
    {
        var world = World(static options => options.FirstConnections = 1);
        var place = await world.OpenAsync("x.test");
        var first = world.EnterAsync("x.test");
        var second = world.EnterAsync("x.test");

        await place.DisposeAsync();

        await using var next = await OpenAsync(first);
        Assert.False(second.IsCompleted);
        await next.DisposeAsync();
        await using var last = await OpenAsync(second);
    }

    [Fact]
    public async Task A_place_given_back_twice_is_one_place()
    {
        var world = World(static options => options.FirstConnections = 1);
        var place = await world.OpenAsync("x.test");
        await place.DisposeAsync();
        await place.DisposeAsync();
        Assert.Equal(1, await CountAsync(world, "x.test"));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => world.SendAsync(place, "joe@x.test"));
    }

    [Fact]
    public async Task Who_gives_up_waiting_leaves_nothing_behind()
    {
        var world = World(static options => options.FirstConnections = 1);
        var place = await world.OpenAsync("x.test");
        using var source = new CancellationTokenSource();
        var impatient = world.EnterAsync("x.test", cancellationToken: source.Token);
        var patient = world.EnterAsync("x.test");
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => impatient);

        await place.DisposeAsync();

        await using var next = await OpenAsync(patient);
    }

    [Fact]
    public async Task A_host_that_refuses_one_more_connection_gets_fewer_and_is_not_dead()
    {
        var world = World(static options => options.FirstConnections = 4);
        await world.SendAsync("x.test"); // it is alive
        var places = new List<IRelayPlace>();
        for (var i = 0; i < 4; i++)
            places.Add(await world.OpenAsync("x.test"));
        world.Sender.Reaches = static _ => Task.FromResult(false);
        await world.SendAsync(places[3], "joe@x.test");
        world.Sender.Reaches = static _ => Task.FromResult(true);
        foreach (var place in places)
            await place.DisposeAsync();

        Assert.Equal(3, await CountAsync(world, "x.test"));
        Assert.Empty(world.Mx("x.test").Reports);
        for (var i = 0; i < 50; i++)
            await world.SendAsync("x.test");
        Assert.Equal(3, await CountAsync(world, "x.test")); // not at once again
        world.Time.Advance(TimeSpan.FromMinutes(6));
        for (var i = 0; i < 50; i++)
            await world.SendAsync("x.test");
        Assert.InRange(await CountAsync(world, "x.test"), 5, 20);
    }

    [Fact]
    public async Task Refused_messages_are_no_reason_for_fewer_places()
    {
        var world = World(static options => options.FirstConnections = 2);
        world.Sender.Reaches = static _ => Task.FromResult(true); // a reply, whatever it says, is a host that was reached
        await world.SendAsync("x.test");
        Assert.Equal(2, await CountAsync(world, "x.test"));
    }

    [Fact]
    public async Task Other_lanes_leave_room_for_users_mail_at_a_destination()
    {
        var world = World(static options => options.FirstConnections = 4);
        await KnowAsync(world, "x.test");
        Assert.Equal(3, await CountAsync(world, "x.test", RelayLane.Bulk, keep: true));
        await using var place = await world.OpenAsync("x.test");
    }

    [Theory]
    [InlineData(RelayLane.Notice, 8)]
    [InlineData(RelayLane.Bulk, 8)]
    [InlineData(RelayLane.Retry, 4)]
    [InlineData(RelayLane.User, 14)]
    public async Task No_lane_takes_all_places(RelayLane lane, int most)
    {
        var world = World(static options => (options.MaxConnections, options.FirstConnections) = (16, 1));
        for (var i = 0; i < 20; i++)
            await ProveAsync(world, $"d{i}.test");
        var open = 0;
        for (var i = 0; i < 20; i++)
            open += await CountAsync(world, $"d{i}.test", lane, keep: true);
        Assert.Equal(most, open);
        var other = lane == RelayLane.User ? RelayLane.Bulk : RelayLane.User;
        await using var place = await world.OpenAsync("d19.test", other);
    }

    [Fact]
    public async Task Hosts_that_nobody_has_reached_leave_half_of_the_places_to_the_others()
    {
        var world = World(static options => (options.MaxConnections, options.FirstConnections) = (16, 1));
        await ProveAsync(world, "live.test");
        for (var i = 0; i < 20; i++)
            await KnowAsync(world, $"d{i}.test");
        var open = 0;
        for (var i = 0; i < 20; i++)
            open += await CountAsync(world, $"d{i}.test", keep: true);
        Assert.Equal(8, open);
        await using var place = await world.OpenAsync("live.test");
    }

    [Fact]
    public async Task Destinations_take_turns()
    {
        var world = World(static options => (options.MaxConnections, options.FirstConnections) = (1, 2));
        await ProveAsync(world, "hog.test");
        await ProveAsync(world, "meek.test");
        var place = await world.OpenAsync("hog.test");
        var hogs = new Queue<Task<RelayEntrance>>(Enumerable.Range(0, 5).Select(_ => world.EnterAsync("hog.test")));
        var meek = world.EnterAsync("meek.test");
        var opened = 0;
        while (!meek.IsCompleted && opened < 5)
        {
            await place.DisposeAsync();
            var next = await Task.WhenAny(hogs.Peek(), meek).WaitAsync(TimeSpan.FromSeconds(30), Cancelled);
            place = await OpenAsync(next);
            if (next != meek)
                _ = hogs.Dequeue();
            opened++;
        }

        Assert.InRange(opened, 1, 2);
    }

    [Fact]
    public async Task Users_mail_goes_before_the_rest()
    {
        var world = World(static options => options.FirstConnections = 1);
        var place = await world.OpenAsync("x.test");
        var bulk = world.EnterAsync("x.test", RelayLane.Bulk);
        var user = world.EnterAsync("x.test");
        await place.DisposeAsync();
        await using var next = await OpenAsync(user);
        Assert.False(bulk.IsCompleted);
    }

    [Fact]
    public async Task Messages_a_minute_are_counted()
    {
        var world = World(static options => (options.MaxMessagesPerMinute, options.FirstConnections) = (12, 10));
        // A sixth of a minute's at once, then one each 5 s.
        await world.SendAsync("x.test");
        await using var place = await world.OpenAsync("x.test");
        await world.SendAsync(place, "joe@x.test");
        var further = world.SendAsync(place, "joe@x.test");
        var entering = world.EnterAsync("x.test");
        Assert.False(further.IsCompleted);
        Assert.False(entering.IsCompleted);
        world.Time.Advance(TimeSpan.FromSeconds(5));
        await Task.WhenAny(further, entering).WaitAsync(TimeSpan.FromSeconds(30), Cancelled);
        world.Time.Advance(TimeSpan.FromSeconds(5));
        await Task.WhenAll(further, entering).WaitAsync(TimeSpan.FromSeconds(30), Cancelled);
        Assert.Equal(3, world.Sender.Sent.Count);
    }

    [Fact]
    public async Task Places_that_nothing_was_sent_from_don_t_count_as_messages()
    {
        var world = World(static options => options.MaxMessagesPerMinute = 1);
        for (var i = 0; i < 10; i++)
            await (await world.OpenAsync("x.test")).DisposeAsync();
    }

    [Fact]
    public async Task Idle_destinations_are_forgotten()
    {
        var world = World();
        for (var i = 0; i < 100; i++)
            await ProveAsync(world, $"d{i}.test");
        world.Time.Advance(TimeSpan.FromMinutes(11));
        await world.SendAsync("d1.test");
        Assert.Equal(1, world.Places.Count);
    }

    [Fact]
    public async Task Many_at_once_never_exceed_the_limits_and_all_come_through()
    {
        var world = World(static options => (options.MaxConnections, options.FirstConnections, options.MaxConnectionsPerDestination) = (8, 2, 4));
        var running = 0;
        var most = 0;
        world.Sender.Reaches = async _ =>
        {
            var now = Interlocked.Increment(ref running);
            InterlockedMax(ref most, now);
            await Task.Yield();
            Interlocked.Decrement(ref running);
            return true;
        };
        for (var i = 0; i < 5; i++)
            world.Mx($"d{i}.test").Has($"10 mx{i}.test 192.0.2.{i + 1}");
        await Task.WhenAll(Enumerable.Range(0, 2000).Select(i => Task.Run(() => world.SendAsync($"d{i % 5}.test", (RelayLane)(i % 4))))).WaitAsync(TimeSpan.FromSeconds(60), Cancelled);
        Assert.Equal(2000, world.Sender.Sent.Count);
        Assert.InRange(most, 1, 8);
    }

    private static DestinationWorld World(Action<DestinationOptions>? configure = null)
    {
        var world = new DestinationWorld(configure);
        world.Mx("x.test").Has("10 mx.x.test 192.0.2.1");
        for (var i = 0; i < 20; i++)
            world.Mx($"d{i}.test").Has($"10 mx{i}.test 192.0.2.1");
        world.Mx("live.test").Has("10 mx.live.test 192.0.2.1");
        world.Mx("hog.test").Has("10 mx.hog.test 192.0.2.1");
        world.Mx("meek.test").Has("10 mx.meek.test 192.0.2.1");
        return world;
    }

    private static void InterlockedMax(ref int most, int value)
    {
        for (var seen = Volatile.Read(ref most); value > seen; seen = Volatile.Read(ref most))
            _ = Interlocked.CompareExchange(ref most, value, seen);
    }

    private static Task<RelayReport> ProveAsync(DestinationWorld world, string domain)
    {
        world.Mx(domain).Has($"10 mx.{domain} 192.0.2.1");
        return world.SendAsync(domain);
    }

    private static async Task<IRelayPlace> OpenAsync(Task<RelayEntrance> entering) =>
        Assert.IsType<RelayEntrance.Open>(await entering.WaitAsync(TimeSpan.FromSeconds(30), Cancelled)).Place;

    /// <summary>From now on, while time stands still, what DNS says is known here.</summary>
    private static async Task KnowAsync(DestinationWorld world, string domain) => await (await world.OpenAsync(domain)).DisposeAsync();

    /// <summary>How many places there are now.</summary>
    private async Task<int> CountAsync(DestinationWorld world, string domain, RelayLane lane = RelayLane.User, bool keep = false)
    {
        using var source = new CancellationTokenSource();
        var places = new List<IRelayPlace>();
        while (true)
        {
            // The domain was asked for before: who gets a place gets it without waiting.
            var entering = world.EnterAsync(domain, lane, source.Token);
            if (!entering.IsCompleted)
            {
                await source.CancelAsync();
                waiting.Add(entering);
                break;
            }

            places.Add(Assert.IsType<RelayEntrance.Open>(await entering).Place);
        }

        if (!keep)
        {
            foreach (var place in places)
                await place.DisposeAsync();
        }

        return places.Count;
    }
}
