using System.Net;
using System.Text;
using Orleans.Mail.Gateway.Relaying;
using Orleans.Mail.Gateway.Tests.Pop3;
using Orleans.Mail.TestKit.Wire;

namespace Orleans.Mail.Gateway.Tests.Perimeters;

/// <summary>Logins at one gateway, the question at another: what they share are the permits of the cluster.</summary>
public sealed class PopBeforeSmtpTests : IDisposable
{
    private static readonly TimeSpan Span = TimeSpan.FromMinutes(15);

    private readonly CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);

    public PopBeforeSmtpTests() => limit.CancelAfter(TimeSpan.FromSeconds(30));

    public void Dispose() => limit.Dispose();

    [Theory]
    [InlineData("192.0.2.7", "192.0.2.7", true)]
    [InlineData("::ffff:192.0.2.7", "192.0.2.7", true)]
    [InlineData("192.0.2.7", "192.0.2.8", false)]
    [InlineData("2001:db8::7", "2001:db8::7", true)]
    [InlineData("2001:db8::7", "2001:db8::8888:7", true)]
    [InlineData("2001:db8::7", "2001:db8:0:1::7", false)]
    public async Task After_a_login_its_address_may_relay_for_its_time(string login, string client, bool permitted)
    {
        await using var world = await StartAsync();
        var rules = Rules(world);
        Assert.False(await rules.MayRelayAsync(IPAddress.Parse(client)));

        await LogInAsync(world, IPAddress.Parse(login));

        Assert.Equal(permitted, await rules.MayRelayAsync(IPAddress.Parse(client)));
        world.Time.Advance(Span - TimeSpan.FromSeconds(1));
        Assert.Equal(permitted, await rules.MayRelayAsync(IPAddress.Parse(client)));
        await LogInAsync(world, IPAddress.Parse(login));
        world.Time.Advance(Span - TimeSpan.FromSeconds(1));
        Assert.Equal(permitted, await rules.MayRelayAsync(IPAddress.Parse(client)));
        world.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.False(await rules.MayRelayAsync(IPAddress.Parse(client)));
    }

    [Theory]
    [InlineData("PROXY TCP4 192.0.2.7 198.51.100.2 56324 110\r\n", "192.0.2.7")]
    [InlineData("PROXY TCP6 2001:db8::7 2001:db8::1 56324 110\r\n", "2001:db8::7")]
    [InlineData("\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c\xc0\0\x02\x07\xc6\x33\x64\x02\xdc\x04\0\x6e", "192.0.2.7")]
    public async Task Behind_a_proxy_the_permit_is_that_of_the_client(string header, string client)
    {
        var proxy = IPAddress.Parse("198.51.100.1");
        await using var world = await StartAsync(("Gateway:TrustedProxies", "198.51.100.1"));

        await LogInAsync(world, proxy, header);

        Assert.True(await Rules(world).MayRelayAsync(IPAddress.Parse(client)));
        Assert.False(await Rules(world).MayRelayAsync(proxy));
    }

    [Theory]
    [InlineData("PROXY UNKNOWN\r\n")]
    [InlineData("PROXY TCP6 2001:db8::1 2001:db8::2 56324 110\r\n")]
    [InlineData("\r\n\r\n\0\r\nQUIT\n\x20\0\0\0")]
    public async Task The_proxy_itself_gets_no_permit(string header)
    {
        var proxy = IPAddress.Parse("2001:db8::1");
        await using var world = await StartAsync(("Gateway:TrustedProxies", "2001:db8::1"));
        await LogInAsync(world, proxy, header);
        Assert.Empty(world.Permits.Granted);

        // Not even that of a neighbour in its network.
        await LogInAsync(world, IPAddress.Parse("2001:db8::7"));

        Assert.True(await Rules(world).MayRelayAsync(IPAddress.Parse("2001:db8::8")));
        Assert.False(await Rules(world).MayRelayAsync(proxy));
    }

    [Fact]
    public async Task A_failed_login_and_a_weak_password_permit_nothing()
    {
        await using var world = await StartAsync();
        var account = world.Account("empty@acme.test");
        account.Login = account.Login! with { WeakPassword = true };
        var client = IPAddress.Parse("192.0.2.7");

        await SayAsync(world, client, "USER mick@acme.test\r\nPASS wrong\r\nQUIT\r\n", "-ERR [AUTH]");
        world.Mailbox.Refusal = OpenStatus.InUse;
        await SayAsync(world, client, "USER mick@acme.test\r\nPASS secret\r\nQUIT\r\n", "-ERR [IN-USE]");
        await SayAsync(world, client, "USER empty@acme.test\r\nPASS secret\r\nQUIT\r\n", "+OK");

        Assert.Empty(world.Permits.Granted);
    }

    [Theory]
    [InlineData("0", true)]
    [InlineData("1", false)]
    public async Task Without_the_option_nobody_asks_or_grants(string antiRelay, bool relays)
    {
        await using var world = await StartAsync(("CFG_ANTI_RELY", antiRelay), ("Relay:ConfirmOpen", "true"));
        await LogInAsync(world, IPAddress.Parse("192.0.2.7"));

        Assert.Equal(relays, await Rules(world).MayRelayAsync(IPAddress.Parse("192.0.2.7")));
        Assert.Empty(world.Permits.Granted);
        Assert.Empty(world.Permits.Asked);
    }

    [Theory]
    [InlineData("", "127.0.0.1", true)]
    [InlineData("", "::1", true)]
    [InlineData("", "127.0.0.2", false)]
    [InlineData("", "192.0.2.7", false)]
    [InlineData("192.0.2.0/24", "192.0.2.7", true)]
    [InlineData("192.0.2.0/24", "127.0.0.1", false)]
    [InlineData("192.0.2.0/24", "::1", false)]
    [InlineData("::1", "127.0.0.1", false)]
    [InlineData("2001:db8::/32 10.0.0.0/8", "2001:db8:1::1", true)]
    public async Task Local_addresses_relay_without_a_call(string local, string client, bool relays)
    {
        await using var world = await StartAsync(("CFG_LOCALIP", local));
        await LogInAsync(world, IPAddress.Parse("198.51.100.77"));

        Assert.Equal(relays, await Rules(world).MayRelayAsync(IPAddress.Parse(client)));
        Assert.Equal(relays ? 0 : 1, world.Permits.Asked.Count);
    }

    [Fact]
    public async Task A_login_is_good_even_when_its_permit_cannot_be_kept()
    {
        await using var world = await StartAsync();
        world.Permits.Trouble = new TimeoutException("no answer");
        await LogInAsync(world, IPAddress.Parse("192.0.2.7"));
        await Assert.ThrowsAsync<TimeoutException>(async () => await Rules(world).MayRelayAsync(IPAddress.Parse("192.0.2.7")));
    }

    [Fact]
    public async Task A_session_asks_once_and_a_refused_one_asks_again()
    {
        await using var world = await StartAsync();
        var client = IPAddress.Parse("192.0.2.7");
        var right = new RelayRight(client, Rules(world), world.Time);
        Assert.False(await right.IsHeldAsync());
        Assert.False(await right.IsHeldAsync());
        Assert.Equal(2, world.Permits.Asked.Count);
        await LogInAsync(world, client);

        for (var i = 0; i < 1000; i++)
            Assert.True(await right.IsHeldAsync());

        Assert.Equal(3, world.Permits.Asked.Count);
        world.Time.Advance(Span);
        Assert.False(await right.IsHeldAsync());
    }

    private static Task<Pop3World> StartAsync(params (string Name, string Value)[] settings)
    {
        var all = new Dictionary<string, string> { ["CFG_ANTI_RELY"] = "2", ["CFG_RELY_TIMEOUT"] = "15" };
        foreach (var (name, value) in settings)
            all[name] = value;
        return Pop3World.StartAsync(all);
    }

    private static RelayRules Rules(Pop3World world) => world.Perimeter.Perimeter.Relay;

    private Task LogInAsync(Pop3World world, IPAddress from, string header = "") =>
        SayAsync(world, from, header + "USER mick@acme.test\r\nPASS secret\r\nQUIT\r\n", "+OK 3 messages");

    /// <summary>Sends all at once; the reply to PASS begins with <paramref name="expected"/>.</summary>
    private async Task SayAsync(Pop3World world, IPAddress from, string sent, string expected)
    {
        await using var wire = new WireConnection(from);
        wire.Start(world.Handler);
        await wire.SendAsync(Encoding.Latin1.GetBytes(sent), limit.Token);
        Assert.StartsWith("+OK", await wire.ReadLineAsync(limit.Token), StringComparison.Ordinal);
        Assert.StartsWith("+OK", await wire.ReadLineAsync(limit.Token), StringComparison.Ordinal);
        Assert.StartsWith(expected, await wire.ReadLineAsync(limit.Token), StringComparison.Ordinal);
        await wire.SessionAsync(limit.Token);
    }
}
