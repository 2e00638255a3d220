using Orleans.Mail.Storage;
using Orleans.Mail.TestKit.Faults;

namespace Orleans.Mail.Grains.Tests.Mailboxes;

public sealed class MailboxLeaseTests(MailCluster cluster) : IClassFixture<MailCluster>
{
    private static readonly TimeSpan TakeOver = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task A_session_that_does_not_hear_the_answer_asks_again_or_gives_the_mailbox_back()
    {
        var mailbox = cluster.NewMailbox(out _);
        var session = MessageId.New(cluster.Time);

        var first = await mailbox.OpenAsync(session, TakeOver);
        var again = await mailbox.OpenAsync(session, TakeOver);
        Assert.Equal(first, again);
        Assert.Equal(session, again.Lease!.Token);
        Assert.Equal(OpenStatus.InUse, (await mailbox.OpenAsync(TakeOver)).Status);

        await mailbox.ReleaseAsync(session);
        Assert.Equal(OpenStatus.Granted, (await mailbox.OpenAsync(TakeOver)).Status);
    }

    [Fact]
    public async Task A_session_that_gave_up_opens_nothing_when_its_call_comes_late()
    {
        var mailbox = cluster.NewMailbox(out _);
        var session = MessageId.New(cluster.Time);

        await mailbox.ReleaseAsync(session);
        Assert.Equal(OpenStatus.InUse, (await mailbox.OpenAsync(session, TakeOver)).Status);
        Assert.Equal(OpenStatus.Granted, (await mailbox.OpenAsync(TakeOver)).Status);
    }

    [Fact]
    public async Task An_open_session_is_exclusive_and_opening_writes_nothing()
    {
        var mailbox = cluster.NewMailbox(out var id);
        await cluster.DeliverAsync(mailbox, id);
        var before = cluster.Memory.Commits;

        var first = await mailbox.OpenAsync(TakeOver);
        var second = await mailbox.OpenAsync(TakeOver);

        Assert.Equal(OpenStatus.Granted, first.Status);
        Assert.Equal(1, first.Usage!.Messages);
        Assert.Equal(new OpenResult(OpenStatus.InUse, null, null), second);
        Assert.Equal(before, cluster.Memory.Commits);
    }

    [Fact]
    public async Task A_released_session_frees_the_mailbox_at_once()
    {
        var mailbox = cluster.NewMailbox(out _);
        var first = await mailbox.OpenAsync(TakeOver);

        await mailbox.ReleaseAsync(first.Lease!.Token);

        Assert.Equal(OpenStatus.Granted, (await mailbox.OpenAsync(TakeOver)).Status);
        Assert.False(await mailbox.RenewAsync(first.Lease!, TimeSpan.Zero));
    }

    [Fact]
    public async Task The_release_of_a_lost_lease_does_not_end_the_new_session()
    {
        var mailbox = cluster.NewMailbox(out _);
        var first = await mailbox.OpenAsync(TakeOver);
        cluster.Time.Advance(TimeSpan.FromSeconds(61));
        await mailbox.OpenAsync(TakeOver);

        await mailbox.ReleaseAsync(first.Lease!.Token);

        Assert.Equal(OpenStatus.InUse, (await mailbox.OpenAsync(TakeOver)).Status);
    }

    [Fact]
    public async Task A_silent_client_loses_the_mailbox_to_a_login_and_its_deletions_are_refused()
    {
        var mailbox = cluster.NewMailbox(out var id);
        var delivery = await cluster.DeliverAsync(mailbox, id);
        var silent = await mailbox.OpenAsync(TakeOver);
        cluster.Time.Advance(TimeSpan.FromSeconds(20));
        Assert.True(await mailbox.RenewAsync(silent.Lease!, TimeSpan.FromSeconds(20)));
        cluster.Time.Advance(TimeSpan.FromSeconds(20));
        Assert.True(await mailbox.RenewAsync(silent.Lease!, TimeSpan.FromSeconds(40)));
        cluster.Time.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal(OpenStatus.InUse, (await mailbox.OpenAsync(TakeOver)).Status); // 60 s are not longer than 60 s
        cluster.Time.Advance(TimeSpan.FromSeconds(1));

        var taken = await mailbox.OpenAsync(TakeOver);

        Assert.Equal(OpenStatus.Granted, taken.Status);
        Assert.Equal(silent.Lease!.Epoch + 1, taken.Lease!.Epoch);
        Assert.False(await mailbox.RenewAsync(silent.Lease, TimeSpan.Zero));
        Assert.Null(await mailbox.ReadIndexAsync(silent.Lease, null, 10));
        Assert.Equal(QuitResult.LeaseLost, await mailbox.QuitAsync(silent.Lease, [new(delivery.Message.Id, 1)]));
        Assert.Equal(1, (await mailbox.ReadUsageAsync()).Messages);
    }

    [Fact]
    public async Task A_client_that_speaks_keeps_the_mailbox_however_long_the_session_is()
    {
        var mailbox = cluster.NewMailbox(out _);
        var lease = (await mailbox.OpenAsync(TakeOver)).Lease!;
        for (var i = 0; i < 10; i++)
        {
            cluster.Time.Advance(TimeSpan.FromSeconds(20));
            Assert.True(await mailbox.RenewAsync(lease, TimeSpan.FromSeconds(5)));
        }

        Assert.Equal(OpenStatus.InUse, (await mailbox.OpenAsync(TakeOver)).Status);
    }

    [Fact]
    public async Task The_lease_of_a_dead_gateway_is_free_after_a_minute()
    {
        var mailbox = cluster.NewMailbox(out _);
        await mailbox.OpenAsync(TimeSpan.FromHours(1));
        cluster.Time.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal(OpenStatus.InUse, (await mailbox.OpenAsync(TimeSpan.FromHours(1))).Status);
        cluster.Time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(OpenStatus.Granted, (await mailbox.OpenAsync(TimeSpan.FromHours(1))).Status);
    }

    [Fact]
    public async Task Of_many_logins_at_the_same_time_one_takes_over()
    {
        var mailbox = cluster.NewMailbox(out _);
        await mailbox.OpenAsync(TakeOver);
        cluster.Time.Advance(TimeSpan.FromSeconds(90));

        var results = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => mailbox.OpenAsync(TakeOver)));

        Assert.Single(results, result => result.Status == OpenStatus.Granted);
        Assert.Equal(19, results.Count(result => result.Status == OpenStatus.InUse));
    }

    [Fact]
    public async Task A_new_activation_adopts_the_lease_that_is_renewed()
    {
        var mailbox = cluster.NewMailbox(out var id);
        var delivery = await cluster.DeliverAsync(mailbox, id);
        var lease = (await mailbox.OpenAsync(TakeOver)).Lease!;
        await cluster.ForgetAsync(mailbox);

        Assert.True(await mailbox.RenewAsync(lease, TimeSpan.Zero));

        Assert.Equal(OpenStatus.InUse, (await mailbox.OpenAsync(TakeOver)).Status);
        Assert.Equal(delivery.Message.Id, Assert.Single((await mailbox.ReadIndexAsync(lease, null, 10))!.Entries).Id);
    }

    [Fact]
    public async Task A_new_activation_that_granted_a_lease_adopts_no_other()
    {
        var mailbox = cluster.NewMailbox(out var id);
        var delivery = await cluster.DeliverAsync(mailbox, id);
        var forgotten = (await mailbox.OpenAsync(TakeOver)).Lease!;
        await cluster.ForgetAsync(mailbox);
        var granted = (await mailbox.OpenAsync(TakeOver)).Lease!;

        Assert.False(await mailbox.RenewAsync(forgotten, TimeSpan.Zero));
        Assert.Equal(QuitResult.LeaseLost, await mailbox.QuitAsync(forgotten, [new(delivery.Message.Id, 1)]));
        Assert.True(await mailbox.RenewAsync(granted, TimeSpan.Zero));
    }

    [Fact]
    public async Task Two_sessions_that_activations_forgot_can_not_delete_the_same_message_twice()
    {
        var mailbox = cluster.NewMailbox(out var id);
        await cluster.DeliverAsync(mailbox, id);
        var delivery = await cluster.DeliverAsync(mailbox, id);
        var size = EntryRow.SizeOf(delivery.Message.Body, delivery.DeliveredTo);
        var first = (await mailbox.OpenAsync(TakeOver)).Lease!;
        await cluster.ForgetAsync(mailbox);
        var second = (await mailbox.OpenAsync(TakeOver)).Lease!;
        await cluster.ForgetAsync(mailbox);

        Assert.Equal(QuitResult.Done, await mailbox.QuitAsync(second, [new(delivery.Message.Id, size)]));
        await cluster.ForgetAsync(mailbox);
        Assert.Equal(QuitResult.LeaseLost, await mailbox.QuitAsync(first, [new(delivery.Message.Id, size)]));

        Assert.Equal(1, (await mailbox.ReadUsageAsync()).Messages);
    }

    [Fact]
    public async Task A_take_over_that_fails_leaves_the_mailbox_to_the_next_login()
    {
        var mailbox = cluster.NewMailbox(out _);
        await mailbox.OpenAsync(TakeOver);
        cluster.Time.Advance(TimeSpan.FromSeconds(61));

        // For as long as it takes: another test's mailbox may commit in between.
        using (cluster.Rows.Commits.While(Fault.Error))
            await Assert.ThrowsAsync<StorageException>(() => mailbox.OpenAsync(TakeOver));

        Assert.Equal(OpenStatus.Granted, (await mailbox.OpenAsync(TakeOver)).Status);
    }

    [Fact]
    public async Task The_listing_is_a_snapshot_in_pages()
    {
        var mailbox = cluster.NewMailbox(out var id);
        var deliveries = new List<Delivery>();
        for (var i = 0; i < 7; i++)
            deliveries.Add(await cluster.DeliverAsync(mailbox, id));
        var lease = (await mailbox.OpenAsync(TakeOver)).Lease!;
        await cluster.DeliverAsync(mailbox, id);

        var found = new List<MessageId>();
        MessageId? after = null;
        do
        {
            var page = await mailbox.ReadIndexAsync(lease, after, 3);
            Assert.InRange(page!.Entries.Count, 0, 3);
            found.AddRange(page.Entries.Select(entry => entry.Id));
            after = page.Next;
        }
        while (after is not null);

        Assert.Equal(deliveries.Select(delivery => delivery.Message.Id).Order(), found);
        Assert.Equal(8, (await mailbox.ReadUsageAsync()).Messages);
    }
}
