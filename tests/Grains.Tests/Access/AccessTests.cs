using Orleans.Mail.TestKit.Faults;

namespace Orleans.Mail.Grains.Tests.Access;

public sealed class AccessTests(MailCluster cluster) : IClassFixture<MailCluster>
{
    private IAccessGrain Access => cluster.Grains.GetGrain<IAccessGrain>(IAccessGrain.TheKey);

    [Fact]
    public async Task The_secret_changes_only_from_what_it_is_and_outlives_the_activation()
    {
        var initial = await Access.ReadAsync();
        Assert.True(await Access.ChangeAsync(initial, "one"));

        Assert.False(await Access.ChangeAsync(initial, "two"));
        await cluster.ForgetAsync(Access);

        var secret = await Access.ReadAsync();
        Assert.Equal(new AccessSecret("one", (initial?.Version ?? 0) + 1), secret);
        Assert.True(await Access.ChangeAsync(secret, "three"));
        Assert.Equal(secret!.Version + 1, (await Access.ReadAsync())!.Version);
    }

    [Fact]
    public async Task A_change_that_could_not_be_written_is_no_change()
    {
        var before = await Access.ReadAsync();
        using (cluster.Rows.Commits.While(Fault.DiskFull))
            await Assert.ThrowsAnyAsync<Exception>(() => Access.ChangeAsync(before, "lost"));

        Assert.Equal(before, await Access.ReadAsync());
    }

    [Fact]
    public async Task A_failed_login_makes_its_address_wait()
    {
        var address = cluster.NewName();
        Assert.Equal(TimeSpan.Zero, await Access.DelayOfAsync(address));

        await Access.FailAsync(address);
        Assert.Equal(TimeSpan.FromSeconds(1), await Access.DelayOfAsync(address));
        await Access.FailAsync(address);
        Assert.Equal(TimeSpan.FromSeconds(2), await Access.DelayOfAsync(address));

        await Access.SucceedAsync(address);
        Assert.Equal(TimeSpan.Zero, await Access.DelayOfAsync(address));
    }
}
