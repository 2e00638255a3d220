using Orleans.Mail.Storage;
using Orleans.Mail.TestKit.Faults;

namespace Orleans.Mail.Grains.Tests.Mailboxes;

public sealed class MailboxCloseTests(MailCluster cluster) : IClassFixture<MailCluster>
{
    private static readonly TimeSpan TakeOver = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task A_closed_mailbox_takes_nothing_and_ends_its_session()
    {
        var mailbox = cluster.NewMailbox(out var id);
        var delivery = await cluster.DeliverAsync(mailbox, id);
        var lease = (await mailbox.OpenAsync(TakeOver)).Lease!;

        await mailbox.CloseAsync();

        Assert.Equal(AppendResult.Closed, await mailbox.AppendAsync(cluster.NewDelivery(id)));
        Assert.Equal(OpenStatus.Closed, (await mailbox.OpenAsync(TakeOver)).Status);
        Assert.False(await mailbox.RenewAsync(lease, TimeSpan.Zero));
        Assert.Null(await mailbox.ReadIndexAsync(lease, null, 10));
        Assert.Equal(QuitResult.LeaseLost, await mailbox.QuitAsync(lease, [new(delivery.Message.Id, 1)]));
        Assert.Equal(new MailboxUsage(0, 0), await mailbox.ReadUsageAsync());
    }

    [Fact]
    public async Task A_mailbox_that_never_had_a_message_closes_too()
    {
        var mailbox = cluster.NewMailbox(out var id);

        await mailbox.CloseAsync();
        await cluster.ForgetAsync(mailbox);

        Assert.Equal(AppendResult.Closed, await mailbox.AppendAsync(cluster.NewDelivery(id)));
    }

    [Fact]
    public async Task Rows_and_bodies_go_and_the_closed_box_goes_last()
    {
        var mailbox = cluster.NewMailbox(out var id);
        var bodies = new List<BodyRef>();
        for (var i = 0; i < 250; i++)
            bodies.Add((await cluster.DeliverAsync(mailbox, id)).Message.Body);

        await mailbox.CloseAsync();
        await cluster.CleanAsync(id);

        Assert.Equal([Box.Key], cluster.KeysOf(id));
        Assert.All(bodies, body => Assert.False(cluster.Bodies.Exists(body)));

        cluster.Time.Advance(TimeSpan.FromHours(72));
        await cluster.DrainAsync(WorkItem.Mailbox(id));

        Assert.Empty(cluster.KeysOf(id));
    }

    [Fact]
    public async Task A_late_delivery_does_not_bring_a_closed_mailbox_back()
    {
        var mailbox = cluster.NewMailbox(out var id);
        var late = cluster.NewDelivery(id);
        await mailbox.CloseAsync();
        cluster.Time.Advance(TimeSpan.FromHours(73));
        await cluster.DrainAsync(WorkItem.Mailbox(id));
        Assert.Empty(cluster.KeysOf(id));

        Assert.Equal(AppendResult.Closed, await mailbox.AppendAsync(late));

        Assert.Empty(cluster.KeysOf(id));
    }

    [Fact]
    public async Task A_closing_that_stopped_half_way_is_finished_after_a_restart()
    {
        var mailbox = cluster.NewMailbox(out var id);
        var bodies = new List<BodyRef>();
        for (var i = 0; i < 120; i++)
            bodies.Add((await cluster.DeliverAsync(mailbox, id)).Message.Body);
        cluster.BodyFaults.Deletes.Skip(110);
        using (cluster.BodyFaults.Deletes.While(Fault.Error))
        {
            await mailbox.CloseAsync();
            await Assert.ThrowsAsync<StorageException>(() => cluster.CleanAsync(id));
        }

        await cluster.ForgetAsync(mailbox);
        Assert.Contains(bodies, body => cluster.Bodies.Exists(body));
        cluster.Time.Advance(new MailboxOptions().WorkGrace);
        await cluster.DrainAsync(WorkItem.Mailbox(id));

        Assert.Equal([Box.Key], cluster.KeysOf(id));
        Assert.All(bodies, body => Assert.False(cluster.Bodies.Exists(body)));
    }

    [Fact]
    public async Task Closing_fails_when_it_is_not_durable()
    {
        var mailbox = cluster.NewMailbox(out var id);
        cluster.Rows.Commits.Skip().Next(Fault.DiskFull); // the promise of work, then the flag

        await Assert.ThrowsAsync<StorageException>(mailbox.CloseAsync);

        Assert.Equal(AppendResult.Done, await mailbox.AppendAsync(cluster.NewDelivery(id)));
    }
}
