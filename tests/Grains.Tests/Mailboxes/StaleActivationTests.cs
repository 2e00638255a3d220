namespace Orleans.Mail.Grains.Tests.Mailboxes;

/// <summary>Two clusters over one store: each has its own activation of a mailbox, as for a moment when a silo is lost.</summary>
public sealed class StaleActivationTests(MailCluster cluster) : IClassFixture<MailCluster>
{
    private static readonly TimeSpan TakeOver = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Both_deliver_and_nothing_is_lost_or_counted_twice()
    {
        await using var second = await cluster.StartSecondAsync();
        var here = cluster.NewMailbox(out var id);
        var there = second.Grains.GetGrain<IMailboxGrain>(id);
        var deliveries = new List<Delivery>();
        for (var i = 0; i < 10; i++)
        {
            deliveries.Add(await cluster.DeliverAsync(here, id));
            deliveries.Add(await second.DeliverAsync(there, id));
        }

        Assert.Equal(AppendResult.Done, await there.AppendAsync(deliveries[0])); // delivered by the other

        await cluster.ForgetAsync(here);
        var lease = (await here.OpenAsync(TakeOver)).Lease!;
        var entries = (await here.ReadIndexAsync(lease, null, 1000))!.Entries;
        Assert.Equal(deliveries.Select(each => each.Message.Id).Order(), entries.Select(entry => entry.Id));
        Assert.Equal(Enumerable.Range(1, 20).Select(i => (long)i), entries.Select(entry => entry.Sequence).Order());
        Assert.Equal(new MailboxUsage(20, entries.Sum(entry => entry.Size)), await here.ReadUsageAsync());
    }

    [Fact]
    public async Task A_stale_activation_can_not_deliver_into_a_mailbox_that_was_closed()
    {
        await using var second = await cluster.StartSecondAsync();
        var here = cluster.NewMailbox(out var id);
        await cluster.DeliverAsync(here, id);

        await second.Grains.GetGrain<IMailboxGrain>(id).CloseAsync();

        Assert.Equal(AppendResult.Closed, await here.AppendAsync(cluster.NewDelivery(id)));
    }

    [Fact]
    public async Task A_stale_activation_can_not_delete_for_a_session_that_was_taken_over()
    {
        await using var second = await cluster.StartSecondAsync();
        var here = cluster.NewMailbox(out var id);
        var delivery = await cluster.DeliverAsync(here, id);
        var stale = (await here.OpenAsync(TakeOver)).Lease!;
        var there = second.Grains.GetGrain<IMailboxGrain>(id);
        await there.RenewAsync(stale, TimeSpan.Zero); // adopted there, and then abandoned
        cluster.Time.Advance(TimeSpan.FromSeconds(61));
        Assert.Equal(OpenStatus.Granted, (await there.OpenAsync(TakeOver)).Status);

        Assert.Equal(QuitResult.LeaseLost, await here.QuitAsync(stale, [new(delivery.Message.Id, 1)]));

        Assert.Equal(1, (await there.ReadUsageAsync()).Messages);
    }

    [Fact]
    public async Task An_account_deleted_behind_a_stale_activation_soon_stops_logging_in()
    {
        await using var second = await cluster.StartSecondAsync();
        var domain = $"{cluster.NewName()}.test".ToLowerInvariant();
        await cluster.Grains.GetGrain<IDomainGrain>(domain).CreateAsync(new DomainSettings());
        var here = cluster.Grains.GetGrain<IAccountGrain>($"mick@{domain}");
        await here.CreateAsync(new AccountSettings(), Users.Verifier("secret"), false);
        Assert.NotNull(await here.GetLoginAsync());

        Assert.Equal(NameOutcome.Done, (await second.Grains.GetGrain<IAccountGrain>($"mick@{domain}").DeleteAsync()).Outcome);
        cluster.Time.Advance(new AddressOptions().LoginFreshness + TimeSpan.FromSeconds(1));

        Assert.Null(await here.GetLoginAsync());
    }
}
