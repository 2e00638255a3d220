using Orleans.Mail.Grains;

namespace Orleans.Mail.Relay.Tests.Destinations;

public sealed class DenyTests
{
    private readonly DestinationWorld world = new();

    public DenyTests() => world.Mx("x.test").Has("10 a.x.test 192.0.2.1", "20 b.x.test 203.0.113.1");

    [Fact]
    public async Task A_denied_address_is_skipped_and_none_left_is_a_failure()
    {
        world.Grains.List(DenyKind.IpOut).Deny("192.0.2.0/24");
        await world.SendAsync("x.test");
        Assert.Equal(["203.0.113.1"], world.LastHosts());

        world.Grains.List(DenyKind.IpOut).Deny("203.0.113.1");
        world.Time.Advance(TimeSpan.FromSeconds(5));
        Assert.StartsWith("5.7.1 ", await world.RefusedAsync("x.test"));
        Assert.Single(world.Sender.Sent);
    }

    [Fact]
    public async Task A_place_that_is_open_follows_the_rules_within_five_seconds()
    {
        await using var place = await world.OpenAsync("x.test");
        world.Grains.List(DenyKind.IpOut).Deny("192.0.2.1");
        world.Time.Advance(TimeSpan.FromSeconds(5));
        await world.SendAsync(place, "joe@x.test");
        Assert.Equal(["203.0.113.1"], world.LastHosts());

        world.Grains.List(DenyKind.IpOut).Deny("203.0.113.1");
        world.Time.Advance(TimeSpan.FromSeconds(5));
        var report = await world.SendAsync(place, "joe@x.test", "ann@x.test");
        Assert.All(report.Outcomes, static outcome => Assert.StartsWith("5.7.1 ", outcome.Status));
        Assert.Equal(2, report.Outcomes.Count);
        Assert.Single(world.Sender.Sent);
    }

    [Fact]
    public async Task A_denied_domain_is_refused()
    {
        world.Grains.List(DenyKind.DomainOut).Deny("x.test");
        Assert.StartsWith("5.7.1 ", await world.RefusedAsync("x.test"));
    }

    [Fact]
    public async Task A_denied_recipient_fails_alone_and_the_others_keep_their_order()
    {
        world.Grains.List(DenyKind.MailboxOut).Deny("ann@x.test");
        await using var place = await world.OpenAsync("x.test");
        var report = await world.SendAsync(place, "joe@x.test", "ANN@x.test", "eve@x.test");
        Assert.Equal([RelayVerdict.Sent, RelayVerdict.Failed, RelayVerdict.Sent], report.Outcomes.Select(static outcome => outcome.Verdict));
        Assert.Equal(["joe@x.test", "eve@x.test"], world.Sender.Sent.Single().Message.Recipients.Select(static recipient => recipient.Address));
    }

    [Fact]
    public async Task Denied_recipients_alone_are_not_dialled_for()
    {
        world.Grains.List(DenyKind.MailboxOut).Deny("ann@x.test");
        await using var place = await world.OpenAsync("x.test");
        var report = await world.SendAsync(place, "ann@x.test");
        Assert.StartsWith("5.7.1 ", report.Outcomes.Single().Status);
        Assert.Empty(world.Sender.Sent);
    }

    [Fact]
    public async Task Nothing_leaves_before_the_rules_are_known_and_the_last_ones_serve_on()
    {
        var list = world.Grains.List(DenyKind.IpOut);
        list.Fails = true;
        Assert.StartsWith("4.3.0 ", (await world.ClosedAsync("x.test")).Status);
        list.Fails = false;
        world.Time.Advance(TimeSpan.FromSeconds(5));
        await world.SendAsync("x.test");
        list.Fails = true;
        world.Time.Advance(TimeSpan.FromSeconds(5));
        await world.SendAsync("x.test");
    }
}
