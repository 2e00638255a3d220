using Orleans.Mail.Storage;
using Orleans.Mail.TestKit.Faults;

namespace Orleans.Mail.Grains.Tests.Mailboxes;

public sealed class MailboxAppendTests(MailCluster cluster) : IClassFixture<MailCluster>
{
    [Fact]
    public async Task A_delivery_is_one_commit_and_counts_exactly_what_a_client_receives()
    {
        var mailbox = cluster.NewMailbox(out var id);
        var delivery = cluster.NewDelivery(id);
        var before = cluster.Memory.Commits;

        Assert.Equal(AppendResult.Done, await mailbox.AppendAsync(delivery));

        Assert.Equal(1, cluster.Memory.Commits - before);
        var size = delivery.Message.Body.Size + DeliveredToField.Length("mick@acme.test");
        Assert.Equal(new MailboxUsage(1, size), await mailbox.ReadUsageAsync());
    }

    [Fact]
    public async Task The_same_message_twice_is_one_entry()
    {
        var mailbox = cluster.NewMailbox(out var id);
        var delivery = await cluster.DeliverAsync(mailbox, id);

        Assert.Equal(AppendResult.Done, await mailbox.AppendAsync(delivery));

        Assert.Equal(1, (await mailbox.ReadUsageAsync()).Messages);
    }

    [Fact]
    public async Task The_same_message_twice_at_the_same_time_is_one_entry()
    {
        var mailbox = cluster.NewMailbox(out var id);
        var delivery = cluster.NewDelivery(id);
        var others = Enumerable.Range(0, 5).Select(_ => cluster.NewDelivery(id)).ToList();

        var results = await Task.WhenAll(
            others.Append(delivery).Append(delivery).Append(delivery).Select(each => mailbox.AppendAsync(each)));

        Assert.All(results, result => Assert.Equal(AppendResult.Done, result));
        Assert.Equal(6, (await mailbox.ReadUsageAsync()).Messages);
    }

    [Fact]
    public async Task A_message_that_was_deleted_does_not_come_back_by_a_late_retry()
    {
        var mailbox = cluster.NewMailbox(out var id);
        var delivery = await cluster.DeliverAsync(mailbox, id);
        await DeleteAsync(mailbox, delivery);

        Assert.Contains(await mailbox.AppendAsync(delivery), new[] { AppendResult.Done, AppendResult.HadBefore }); // its entry may still stand
        await cluster.CleanAsync(id);
        Assert.False(cluster.Bodies.Exists(delivery.Message.Body));
        Assert.Equal(AppendResult.HadBefore, await mailbox.AppendAsync(delivery)); // its tombstone stands

        Assert.Equal(new MailboxUsage(0, 0), await mailbox.ReadUsageAsync());
    }

    [Fact]
    public async Task Five_hundred_concurrent_deliveries_share_commits()
    {
        var mailbox = cluster.NewMailbox(out var id);
        var deliveries = Enumerable.Range(0, 500).Select(_ => cluster.NewDelivery(id)).ToList();
        var release = new TaskCompletionSource();
        var before = cluster.Memory.Commits;
        Task<AppendResult[]> all;
        var calls = cluster.Rows.Commits.Calls;
        using (cluster.Rows.Commits.While(Fault.Hold(release.Task))) // whoever commits next: other grains may, too
        {
            all = Task.WhenAll(deliveries.Select(mailbox.AppendAsync));
            while (cluster.Rows.Commits.Calls == calls)
                await Task.Delay(1, TestContext.Current.CancellationToken);
            await cluster.DrainAsync("nothing"); // a call after them: the mailbox has them when it is back from the silo
        }

        release.SetResult();

        Assert.All(await all, result => Assert.Equal(AppendResult.Done, result));
        Assert.InRange(cluster.Memory.Commits - before, 6, 499); // 500 by 99; how many come too early to share is the machine's load's business
        Assert.Equal(500, (await mailbox.ReadUsageAsync()).Messages);
        Assert.Equal(500, cluster.KeysOf(id).Count(key => key.StartsWith("i!", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_commit_whose_reply_is_lost_is_found_in_the_store()
    {
        var mailbox = cluster.NewMailbox(out var id);
        await cluster.DeliverAsync(mailbox, id);
        cluster.Rows.Commits.Next(Fault.LostReply);

        await cluster.DeliverAsync(mailbox, id);
        await cluster.DeliverAsync(mailbox, id);

        Assert.Equal(3, (await mailbox.ReadUsageAsync()).Messages);
    }

    [Fact]
    public async Task A_commit_that_never_reached_the_store_is_made_again()
    {
        var mailbox = cluster.NewMailbox(out var id);
        cluster.Rows.Commits.Next(Fault.LostRequest, 2);

        await cluster.DeliverAsync(mailbox, id);

        Assert.Equal(1, (await mailbox.ReadUsageAsync()).Messages);
    }

    [Fact]
    public async Task A_commit_that_stays_unknown_throws_and_is_right_when_it_is_repeated()
    {
        var mailbox = cluster.NewMailbox(out var id);
        var delivery = cluster.NewDelivery(id);
        using (cluster.Rows.Commits.While(Fault.LostRequest))
            await Assert.ThrowsAsync<StorageException>(() => mailbox.AppendAsync(delivery));

        Assert.Equal(AppendResult.Done, await mailbox.AppendAsync(delivery));
        Assert.Equal(1, (await mailbox.ReadUsageAsync()).Messages);
    }

    [Fact]
    public async Task A_full_disk_fails_the_delivery_and_nothing_after_it()
    {
        var mailbox = cluster.NewMailbox(out var id);
        var delivery = cluster.NewDelivery(id);
        cluster.Rows.Commits.Next(Fault.DiskFull);

        await Assert.ThrowsAsync<StorageException>(() => mailbox.AppendAsync(delivery));

        Assert.Equal(AppendResult.Done, await mailbox.AppendAsync(delivery));
    }

    [Fact]
    public async Task A_store_that_hangs_is_given_up_after_the_time_limit()
    {
        var mailbox = cluster.NewMailbox(out var id);
        var delivery = cluster.NewDelivery(id);
        var never = new TaskCompletionSource();
        Task<AppendResult> append;
        using (cluster.Rows.Commits.While(Fault.Hold(never.Task)))
        {
            var reads = cluster.Rows.Commits.Calls;
            append = mailbox.AppendAsync(delivery);
            for (var call = 0; call <= new StoreCallOptions().Repeats; call++)
            {
                await UntilAsync(() => cluster.Rows.Commits.Calls > reads + call);
                cluster.Time.Advance(TimeSpan.FromSeconds(5));
            }

            await Assert.ThrowsAsync<StorageException>(() => append);
        }

        Assert.Equal(AppendResult.Done, await mailbox.AppendAsync(delivery));
    }

    [Fact]
    public async Task A_body_that_was_given_up_fails_its_own_delivery_only()
    {
        var mailbox = cluster.NewMailbox(out var id);
        var lost = cluster.NewDelivery(id);
        cluster.Bodies.DropPending();
        var release = new TaskCompletionSource();
        cluster.Rows.Commits.Next(Fault.Hold(release.Task));

        var first = mailbox.AppendAsync(cluster.NewDelivery(id));
        var rest = new[] { mailbox.AppendAsync(cluster.NewDelivery(id)), mailbox.AppendAsync(lost), mailbox.AppendAsync(cluster.NewDelivery(id)) };
        release.SetResult();

        Assert.Equal(AppendResult.Done, await first);
        Assert.Equal([AppendResult.Done, AppendResult.BodyMissing, AppendResult.Done], await Task.WhenAll(rest));
        Assert.Equal(3, (await mailbox.ReadUsageAsync()).Messages);
    }

    [Fact]
    public async Task Arrivals_are_numbered_in_the_order_of_their_commits()
    {
        var mailbox = cluster.NewMailbox(out var id);
        var first = await cluster.DeliverAsync(mailbox, id);
        var second = await cluster.DeliverAsync(mailbox, id);
        await cluster.ForgetAsync(mailbox);
        var third = await cluster.DeliverAsync(mailbox, id);

        var lease = (await mailbox.OpenAsync(TimeSpan.FromSeconds(60))).Lease!;
        var page = await mailbox.ReadIndexAsync(lease, null, 1000);

        Assert.Equal(
            [first.Message.Id, second.Message.Id, third.Message.Id],
            page!.Entries.OrderBy(entry => entry.Sequence).Select(entry => entry.Id));
        Assert.Equal([1, 2, 3], page.Entries.Select(entry => entry.Sequence).Order());
    }

    private static async Task DeleteAsync(IMailboxGrain mailbox, Delivery delivery)
    {
        var lease = (await mailbox.OpenAsync(TimeSpan.FromSeconds(60))).Lease!;
        var size = EntryRow.SizeOf(delivery.Message.Body, delivery.DeliveredTo);
        Assert.Equal(QuitResult.Done, await mailbox.QuitAsync(lease, [new MailboxDeletion(delivery.Message.Id, size)]));
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        while (!condition())
            await Task.Delay(1, TestContext.Current.CancellationToken);
    }
}
