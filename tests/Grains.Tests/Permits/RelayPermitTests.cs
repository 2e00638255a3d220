using System.Net;
using Orleans.Mail.Storage;
using Orleans.Mail.TestKit.Faults;

namespace Orleans.Mail.Grains.Tests.Permits;

public sealed class RelayPermitTests(MailCluster cluster) : IClassFixture<MailCluster>
{
    private static readonly TimeSpan Span = TimeSpan.FromMinutes(15);
    private static int last;

    [Fact]
    public async Task A_permit_holds_for_its_time_and_not_longer()
    {
        var permit = NewPermit();
        Assert.False(await permit.HoldsAsync());

        await permit.GrantAsync(Span);

        Assert.True(await permit.HoldsAsync());
        cluster.Time.Advance(Span - TimeSpan.FromSeconds(1));
        Assert.True(await permit.HoldsAsync());
        cluster.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.False(await permit.HoldsAsync());
    }

    [Fact]
    public async Task Each_grant_starts_the_time_again()
    {
        var permit = NewPermit();
        await permit.GrantAsync(Span);
        cluster.Time.Advance(Span / 2);
        await permit.GrantAsync(Span);
        cluster.Time.Advance(Span - TimeSpan.FromSeconds(1));

        Assert.True(await permit.HoldsAsync());
    }

    [Fact]
    public async Task A_permit_outlives_its_activation()
    {
        var permit = NewPermit();
        await permit.GrantAsync(Span);
        cluster.Time.Advance(Span / 2);
        await permit.GrantAsync(Span);
        await cluster.ForgetAsync(permit);

        cluster.Time.Advance(Span - TimeSpan.FromSeconds(1));

        Assert.True(await permit.HoldsAsync());
    }

    [Fact]
    public async Task Logins_in_quick_succession_cost_one_commit()
    {
        var permit = NewPermit();
        await permit.GrantAsync(Span);
        var before = cluster.Rows.Commits.Calls;
        for (var i = 0; i < 10; i++)
        {
            cluster.Time.Advance(TimeSpan.FromSeconds(5));
            await permit.GrantAsync(Span);
        }

        Assert.Equal(before, cluster.Rows.Commits.Calls);
        cluster.Time.Advance(Span - TimeSpan.FromSeconds(1));
        Assert.True(await permit.HoldsAsync());
    }

    [Fact]
    public async Task An_ended_permit_leaves_no_row()
    {
        var address = NewAddress();
        var permit = cluster.Grains.PermitOf(address);
        await permit.GrantAsync(Span);
        Assert.True(await IsStoredAsync(address));
        cluster.Time.Advance(Span);

        await cluster.ForgetAsync(permit);
        await cluster.WaitUntilForgottenAsync(permit);

        Assert.False(await IsStoredAsync(address));
    }

    [Fact]
    public async Task A_grant_that_could_not_be_written_permits_nothing()
    {
        var permit = NewPermit();
        cluster.Rows.Commits.Next(Fault.DiskFull);

        await Assert.ThrowsAnyAsync<OrleansException>(() => permit.GrantAsync(Span));

        Assert.False(await permit.HoldsAsync());
        await permit.GrantAsync(Span);
        Assert.True(await permit.HoldsAsync());
    }

    [Fact]
    public async Task A_second_activation_grants_over_the_first()
    {
        await using var second = await cluster.StartSecondAsync();
        var address = NewAddress();
        await cluster.Grains.PermitOf(address).GrantAsync(Span);
        var there = second.Grains.PermitOf(address);
        Assert.True(await there.HoldsAsync());
        cluster.Time.Advance(Span / 2);
        await there.GrantAsync(Span);
        cluster.Time.Advance(Span / 4);

        await cluster.Grains.PermitOf(address).GrantAsync(Span);

        cluster.Time.Advance(Span - TimeSpan.FromSeconds(1));
        Assert.True(await cluster.Grains.PermitOf(address).HoldsAsync());
    }

    [Theory]
    [InlineData("192.0.2.1", "::ffff:192.0.2.1", true)]
    [InlineData("192.0.2.1", "192.0.2.2", false)]
    [InlineData("2001:db8::1", "2001:db8::ffff:1", true)]
    [InlineData("2001:db8::1", "2001:db8:0:1::1", false)]
    public void IPv4_addresses_have_their_own_permit_and_IPv6_ones_that_of_their_network(string one, string other, bool same) =>
        Assert.Equal(
            same,
            cluster.Grains.PermitOf(IPAddress.Parse(one)).GetPrimaryKeyString() == cluster.Grains.PermitOf(IPAddress.Parse(other)).GetPrimaryKeyString());

    private IRelayPermitGrain NewPermit() => cluster.Grains.PermitOf(NewAddress());

    private async Task<bool> IsStoredAsync(IPAddress address)
    {
        var states = await cluster.Memory.ScanPartitionsAsync(PartitionRange.Prefix("g!permit"), 1000, TestContext.Current.CancellationToken);
        return states.Partitions.Any(partition => partition.EndsWith($"_2F{address}", StringComparison.Ordinal));
    }

    private static IPAddress NewAddress()
    {
        var number = Interlocked.Increment(ref last);
        return new IPAddress([198, 18, (byte)(number >> 8), (byte)number]);
    }
}
