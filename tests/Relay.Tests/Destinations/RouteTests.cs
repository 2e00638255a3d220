using System.Net;

namespace Orleans.Mail.Relay.Tests.Destinations;

public sealed class RouteTests
{
    [Fact]
    public async Task Better_hosts_come_first()
    {
        var world = new DestinationWorld();
        world.Mx("x.test").Has("30 c.x.test 192.0.2.3", "10 a.x.test 192.0.2.1", "20 b.x.test 192.0.2.2");
        await world.SendAsync("x.test");
        Assert.Equal(["192.0.2.1", "192.0.2.2", "192.0.2.3"], world.LastHosts());
        Assert.Equal("a.x.test,b.x.test,c.x.test", world.Sender.Sent.Last().Route.Key);
        Assert.Equal(25, world.Sender.Sent.Last().Route.Hosts[0].EndPoint.Port);
    }

    [Fact]
    public async Task Equal_hosts_share_the_mail_by_chance()
    {
        var world = new DestinationWorld();
        world.Mx("x.test").Has("10 a.x.test 192.0.2.1", "10 b.x.test 192.0.2.2", "20 c.x.test 192.0.2.3");
        var firsts = new HashSet<string>();
        for (var i = 0; i < 100; i++)
        {
            await world.SendAsync("x.test");
            firsts.Add(world.LastHosts()[0]);
            Assert.Equal("192.0.2.3", world.LastHosts()[2]);
        }

        Assert.Equal(["192.0.2.1", "192.0.2.2"], firsts.Order()); // one of them alone: once in 2^99
    }

    [Fact]
    public async Task The_families_take_turns()
    {
        var world = new DestinationWorld();
        world.Mx("x.test").Has("10 a.x.test 192.0.2.1 192.0.2.2 192.0.2.3 2001:db8::1 2001:db8::2");
        await world.SendAsync("x.test");
        Assert.Equal([true, false, true, false, false], world.LastHosts().Select(static host => host.Contains(':', StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("10 a.x.test 192.0.2.1", "20 me.test 192.0.2.9", "192.0.2.1")]
    [InlineData("10 a.x.test 192.0.2.1", "20 other.test 198.51.100.1", "192.0.2.1")]
    [InlineData("10 a.x.test 192.0.2.1", "20 ME.test 192.0.2.9", "192.0.2.1")]
    public async Task Our_own_host_and_worse_ones_are_left_out(string better, string own, string expected)
    {
        var world = new DestinationWorld();
        world.Mx("x.test").Has(better, own, "20 same.x.test 192.0.2.20", "30 worse.x.test 192.0.2.30");
        await world.SendAsync("x.test");
        Assert.Equal([expected], world.LastHosts());
    }

    [Theory]
    [InlineData("10 me.test 192.0.2.9")]
    [InlineData("10 x.test ::ffff:198.51.100.1")]
    public async Task Mail_that_would_come_back_is_refused(string own)
    {
        var world = new DestinationWorld();
        world.Mx("x.test").Has(own, "20 worse.x.test 192.0.2.30");
        Assert.StartsWith("5.4.6 ", await world.RefusedAsync("x.test"));
    }

    [Theory]
    [InlineData(MxOutcome.NullMx, "5.1.10 ")]
    [InlineData(MxOutcome.NoSuchDomain, "5.1.2 ")]
    [InlineData(MxOutcome.NoHost, "5.4.4 ")]
    public async Task A_domain_without_hosts_is_refused(MxOutcome outcome, string status)
    {
        var world = new DestinationWorld();
        world.Mx("x.test").Is(outcome);
        Assert.StartsWith(status, await world.RefusedAsync("x.test"));
    }

    [Fact]
    public async Task Trouble_with_DNS_or_the_cluster_is_temporary()
    {
        var world = new DestinationWorld();
        world.Mx("x.test").Is(MxOutcome.Trouble);
        world.Mx("y.test").Fails = true;
        Assert.StartsWith("4.4.3 ", (await world.ClosedAsync("x.test")).Status);
        Assert.StartsWith("4.4.3 ", (await world.ClosedAsync("y.test")).Status);
    }

    [Theory]
    [InlineData("0.1.2.3")]
    [InlineData("127.0.0.1")]
    [InlineData("169.254.1.1")]
    [InlineData("224.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("::")]
    [InlineData("::1")]
    [InlineData("fe80::1")]
    [InlineData("ff02::1")]
    [InlineData("::ffff:127.0.0.1")]
    public async Task Addresses_that_are_no_hosts_are_never_dialled(string address)
    {
        var world = new DestinationWorld();
        world.Mx("x.test").Has($"10 a.x.test {address} 192.0.2.1");
        world.Mx("y.test").Has($"10 a.y.test {address}");
        await world.SendAsync("x.test");
        Assert.Equal(["192.0.2.1"], world.LastHosts());
        Assert.StartsWith("5.4.4 ", await world.RefusedAsync("y.test"));
    }

    [Fact]
    public async Task Loopback_may_be_allowed()
    {
        var world = new DestinationWorld(static options => (options.AllowLoopback, options.Port) = (true, 2526));
        world.Mx("x.test").Has("10 a.x.test 127.0.0.1");
        await world.SendAsync("x.test");
        Assert.Equal(new IPEndPoint(IPAddress.Loopback, 2526), world.Sender.Sent.Last().Route.Hosts[0].EndPoint);
    }

    [Theory]
    [InlineData("[192.0.2.7]", "192.0.2.7")]
    [InlineData("[IPv6:2001:db8::7]", "2001:db8::7")]
    public async Task An_address_literal_needs_no_DNS(string domain, string address)
    {
        var world = new DestinationWorld();
        await world.SendAsync(domain);
        Assert.Equal([address], world.LastHosts());
        Assert.Empty(world.Grains.Domains);
    }

    [Theory]
    [InlineData("[192.0.2]")]
    [InlineData("[2001:db8::7]")]
    [InlineData("[x.test]")]
    [InlineData("[192.0.2.0/24]")]
    public async Task A_literal_that_is_no_address_is_refused(string domain) =>
        Assert.StartsWith("5.4.4 ", await new DestinationWorld().RefusedAsync(domain));

    [Fact]
    public async Task A_smart_host_takes_all_mail_even_on_loopback()
    {
        var world = new DestinationWorld(static options => (options.SmartHost, options.SmartHostPort) = ("smart.test", 587));
        world.Mx("smart.test").Has("0 smart.test 127.0.0.1");
        await world.SendAsync("x.test");
        await world.SendAsync("y.test");
        Assert.All(world.Sender.Sent, static sent => Assert.Equal(587, sent.Route.Hosts[0].EndPoint.Port));
        Assert.All(world.Sender.Sent, static sent => Assert.True(sent.Route.IsSmartHost));
        Assert.Equal(1, world.Mx("smart.test").Resolved);
        Assert.DoesNotContain("x.test", world.Grains.Domains.Keys);
    }

    [Fact]
    public async Task A_busy_domain_costs_a_call_now_and_then()
    {
        var world = new DestinationWorld();
        world.Mx("x.test").Has("10 a.x.test 192.0.2.1");
        for (var i = 0; i < 100; i++)
            await world.SendAsync("x.test");
        Assert.Equal(1, world.Mx("x.test").Resolved);
        world.Time.Advance(TimeSpan.FromSeconds(5));
        await world.SendAsync("x.test");
        Assert.Equal(2, world.Mx("x.test").Resolved);
    }
}
