namespace Orleans.Mail.Grains.Tests.Submission;

public sealed class SendingCapTests(MailCluster cluster) : IClassFixture<MailCluster>
{
    [Fact]
    public async Task Recipients_of_a_day_are_counted_up_to_the_cap()
    {
        var account = NewAccount();

        Assert.True(await account.CountAsync(60, 100));
        Assert.True(await account.CountAsync(40, 100));
        Assert.False(await account.CountAsync(1, 100));
        cluster.Time.Advance(TimeSpan.FromDays(1));
        Assert.True(await account.CountAsync(100, 100));
        Assert.False(await account.CountAsync(1, 100));
    }

    [Fact]
    public async Task The_count_survives_its_activation()
    {
        var account = NewAccount();
        Assert.True(await account.CountAsync(100, 100));

        await cluster.ForgetAsync(account);

        Assert.False(await account.CountAsync(1, 100));
    }

    [Fact]
    public async Task Two_activations_forget_nothing_that_was_written()
    {
        var account = NewAccount();
        await using var second = await cluster.StartSecondAsync();
        var other = second.Grains.GetGrain<ISendingCapGrain>(account.GetPrimaryKeyString());
        Assert.True(await account.CountAsync(1, 100));
        Assert.True(await other.CountAsync(90, 100));
        await account.CountAsync(5, 100); // learns of the 91 while it writes

        Assert.False(await account.CountAsync(20, 100));
    }

    private ISendingCapGrain NewAccount() => cluster.Grains.GetGrain<ISendingCapGrain>($"{cluster.NewName().ToLowerInvariant()}@acme.test");
}
