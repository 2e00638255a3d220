using Orleans.Mail.Storage;
using Orleans.Mail.TestKit.Faults;

namespace Orleans.Mail.Grains.Tests.Mailboxes;

public sealed class MailboxQuitTests(MailCluster cluster) : IClassFixture<MailCluster>
{
    private static readonly TimeSpan TakeOver = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Quit_deletes_exactly_what_was_marked()
    {
        var (mailbox, id, entries, lease) = await OpenAsync(5);

        Assert.Equal(QuitResult.Done, await mailbox.QuitAsync(lease, Delete(entries[1], entries[3])));

        var kept = new[] { entries[0], entries[2], entries[4] };
        Assert.Equal(new MailboxUsage(3, kept.Sum(entry => entry.Size)), await mailbox.ReadUsageAsync());
        Assert.Equal(kept, await ListAsync(mailbox));
        await cluster.CleanAsync(id);
        Assert.Equal(kept, await ListAsync(mailbox));
        Assert.All(kept, entry => Assert.True(cluster.Bodies.Exists(entry.Body)));
        Assert.False(cluster.Bodies.Exists(entries[1].Body));
        Assert.False(cluster.Bodies.Exists(entries[3].Body));
    }

    [Fact]
    public async Task Quit_without_deletions_writes_nothing_and_frees_the_mailbox()
    {
        var (mailbox, _, _, lease) = await OpenAsync(1);
        var before = cluster.Memory.Commits;

        Assert.Equal(QuitResult.Done, await mailbox.QuitAsync(lease, []));

        Assert.Equal(before, cluster.Memory.Commits);
        Assert.Equal(OpenStatus.Granted, (await mailbox.OpenAsync(TakeOver)).Status);
    }

    [Fact]
    public async Task Quit_repeated_deletes_once()
    {
        var (mailbox, id, entries, lease) = await OpenAsync(3);
        Assert.Equal(QuitResult.Done, await mailbox.QuitAsync(lease, Delete(entries[0])));

        Assert.Equal(QuitResult.Done, await mailbox.QuitAsync(lease, Delete(entries[0])));
        await cluster.CleanAsync(id);
        Assert.Equal(QuitResult.Done, await mailbox.QuitAsync(lease, Delete(entries[0])));
        await cluster.ForgetAsync(mailbox);
        Assert.Equal(QuitResult.Done, await mailbox.QuitAsync(lease, Delete(entries[0])));

        Assert.Equal(2, (await mailbox.ReadUsageAsync()).Messages);
    }

    [Fact]
    public async Task Quit_whose_reply_was_lost_is_done()
    {
        var (mailbox, _, entries, lease) = await OpenAsync(2);
        cluster.Rows.Commits.Skip().Next(Fault.LostReply); // the promise of work, then the commit

        Assert.Equal(QuitResult.Done, await mailbox.QuitAsync(lease, Delete(entries[0])));

        Assert.Equal(1, (await mailbox.ReadUsageAsync()).Messages);
    }

    [Fact]
    public async Task Quit_that_fails_deletes_nothing_and_can_be_repeated()
    {
        var (mailbox, _, entries, lease) = await OpenAsync(2);
        cluster.Rows.Commits.Skip().Next(Fault.DiskFull);

        await Assert.ThrowsAsync<StorageException>(() => mailbox.QuitAsync(lease, Delete(entries[0])));

        Assert.Equal(2, (await mailbox.ReadUsageAsync()).Messages);
        Assert.Equal(QuitResult.Done, await mailbox.QuitAsync(lease, Delete(entries[0])));
        Assert.Equal(1, (await mailbox.ReadUsageAsync()).Messages);
    }

    [Fact]
    public async Task Quit_that_stayed_unknown_but_took_place_hides_its_messages_and_is_worked_off()
    {
        var (mailbox, id, entries, lease) = await OpenAsync(3);
        cluster.Rows.Commits.Skip().Next(Fault.LostReply);
        cluster.Rows.Reads.Skip().Next(Fault.Error); // the promise reads, then the read that would settle the commit fails

        await Assert.ThrowsAsync<StorageException>(() => mailbox.QuitAsync(lease, Delete(entries[0])));
        await mailbox.ReleaseAsync(lease.Token);

        Assert.Equal([entries[1], entries[2]], await ListAsync(mailbox));
        Assert.Equal(QuitResult.Done, await mailbox.QuitAsync(lease, Delete(entries[0])));
        await cluster.CleanAsync(id);
        Assert.False(cluster.Bodies.Exists(entries[0].Body));
    }

    [Fact]
    public async Task Quit_goes_on_over_deliveries_of_the_session()
    {
        var (mailbox, id, entries, lease) = await OpenAsync(2);

        var quit = mailbox.QuitAsync(lease, Delete(entries[0], entries[1]));
        var deliveries = Enumerable.Range(0, 50).Select(_ => cluster.DeliverAsync(mailbox, id)).ToList();

        Assert.Equal(QuitResult.Done, await quit);
        await Task.WhenAll(deliveries);
        await cluster.CleanAsync(id);
        Assert.Equal(50, (await mailbox.ReadUsageAsync()).Messages);
        Assert.Equal(50, (await ListAsync(mailbox)).Count);
    }

    [Fact]
    public async Task What_a_dead_process_left_is_hidden_and_the_work_grain_finishes_it()
    {
        var (mailbox, id, entries, lease) = await OpenAsync(3);
        using (cluster.BodyFaults.Deletes.While(Fault.Error)) // the background work fails at its first step
        {
            await mailbox.QuitAsync(lease, Delete(entries[0], entries[1]));
            await Assert.ThrowsAsync<StorageException>(() => cluster.CleanAsync(id));
        }

        await cluster.ForgetAsync(mailbox);
        Assert.Equal([entries[2]], await ListAsync(mailbox));
        Assert.True(cluster.Bodies.Exists(entries[0].Body));

        cluster.Time.Advance(new MailboxOptions().WorkGrace);
        await cluster.DrainAsync(WorkItem.Mailbox(id));

        Assert.False(cluster.Bodies.Exists(entries[0].Body));
        Assert.False(cluster.Bodies.Exists(entries[1].Body));
        Assert.Equal([entries[2]], await ListAsync(mailbox));
        Assert.DoesNotContain(cluster.KeysOf(id), key => key.StartsWith("x!", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Tombstones_go_when_no_retry_can_come_any_more()
    {
        var (mailbox, id, entries, lease) = await OpenAsync(3);
        await mailbox.QuitAsync(lease, Delete([.. entries]));
        var due = await cluster.CleanAsync(id);

        Assert.Equal(entries.Max(entry => entry.Id.Time) + new MailboxOptions().TombstoneAge, due);
        Assert.Equal(3, cluster.KeysOf(id).Count(key => key.StartsWith("i!", StringComparison.Ordinal)));
        cluster.Time.Advance(TimeSpan.FromHours(72));
        await cluster.DrainAsync(WorkItem.Mailbox(id));

        Assert.Equal([Box.Key], cluster.KeysOf(id));
        Assert.Empty(cluster.Memory.KeysOf($"work!{WorkItem.SliceOf(WorkItem.Mailbox(id)):x2}"));
    }

    [Fact]
    public async Task Messages_too_old_for_a_retry_leave_no_tombstones_and_the_quit_is_remembered_for_an_hour()
    {
        var (mailbox, id, entries, lease) = await OpenAsync(2, age: TimeSpan.FromHours(73));

        await mailbox.QuitAsync(lease, Delete([.. entries]));
        await cluster.CleanAsync(id);

        Assert.DoesNotContain(cluster.KeysOf(id), key => key.StartsWith("i!", StringComparison.Ordinal));
        Assert.Equal(QuitResult.Done, await mailbox.QuitAsync(lease, Delete([.. entries])));
        cluster.Time.Advance(TimeSpan.FromHours(1));
        Assert.Null(await cluster.CleanAsync(id));
        Assert.Equal([Box.Key], cluster.KeysOf(id));
    }

    [Fact]
    public async Task A_quit_of_more_messages_than_a_row_holds_is_one_commit()
    {
        var mailbox = cluster.NewMailbox(out var id);
        var delivery = await cluster.DeliverAsync(mailbox, id);
        await cluster.ForgetAsync(mailbox);
        var partition = MailboxKeys.Partition(id);
        await cluster.Memory.CommitAsync(
            new RowBatch(partition).Upsert(Box.Key, new Box(0, 1, 40_000, 1_000_000, null).Encode()), TestContext.Current.CancellationToken);
        var lease = (await mailbox.OpenAsync(TakeOver)).Lease!;
        var deletions = Enumerable.Range(1, QuitRow.IdsPerRow)
            .Select(i => new MailboxDeletion(delivery.Message.Id with { Low = (ulong)i }, 1))
            .Prepend(new MailboxDeletion(delivery.Message.Id, 1))
            .ToArray();
        var before = cluster.Memory.Commits;

        using (cluster.BodyFaults.Deletes.While(Fault.Error)) // the background stops at the first body
        {
            Assert.Equal(QuitResult.Done, await mailbox.QuitAsync(lease, deletions));
            await Assert.ThrowsAsync<StorageException>(() => cluster.CleanAsync(id));
        }

        Assert.Equal(2, cluster.Memory.Commits - before); // the promise of work is the other
        Assert.Equal(2, cluster.KeysOf(id).Count(key => key.StartsWith("x!", StringComparison.Ordinal)));
        Assert.Equal(new MailboxUsage(40_000 - deletions.Length, 1_000_000 - deletions.Length), await mailbox.ReadUsageAsync());
    }

    private static MailboxDeletion[] Delete(params MailboxEntry[] entries) =>
        [.. entries.Select(entry => new MailboxDeletion(entry.Id, entry.Size))];

    private static async Task<List<MailboxEntry>> ListAsync(IMailboxGrain mailbox)
    {
        var lease = (await mailbox.OpenAsync(TakeOver)).Lease!;
        var page = await mailbox.ReadIndexAsync(lease, null, 1000);
        await mailbox.ReleaseAsync(lease.Token);
        return [.. page!.Entries.OrderBy(entry => entry.Sequence)];
    }

    private async Task<(IMailboxGrain Mailbox, string Id, List<MailboxEntry> Entries, MailboxLease Lease)> OpenAsync(
        int messages, TimeSpan age = default)
    {
        var mailbox = cluster.NewMailbox(out var id);
        for (var i = 0; i < messages; i++)
            await cluster.DeliverAsync(mailbox, id);
        cluster.Time.Advance(age);
        var entries = await ListAsync(mailbox);
        return (mailbox, id, entries, (await mailbox.OpenAsync(TakeOver)).Lease!);
    }
}
