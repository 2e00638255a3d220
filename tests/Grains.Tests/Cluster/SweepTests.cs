using System.Text;
using Orleans.Mail.Storage;

namespace Orleans.Mail.Grains.Tests.Cluster;

public sealed class SweepTests(MailCluster cluster) : IClassFixture<MailCluster>
{
    private static readonly byte[] Text = Encoding.ASCII.GetBytes("hello\r\n");

    [Fact]
    public async Task A_sweep_deletes_old_orphans_and_nothing_else()
    {
        // What the other tests of this cluster left behind is swept first; what they hold stays.
        cluster.Time.Advance(TimeSpan.FromHours(25));
        var first = await SweepAsync();
        var before = first.Bodies - first.Deleted;
        var mailbox = cluster.NewMailbox(out var id);
        var held = await cluster.DeliverAsync(mailbox, id);
        var shared = await SubmitToTwoAsync();
        var orphans = PlantOrphans(id);
        cluster.Time.Advance(TimeSpan.FromHours(24));
        var young = PlantOrphans(id);
        cluster.Time.Advance(TimeSpan.FromMinutes(6));
        var inFlight = PlantOrphans(id);
        var waiting = cluster.NewDelivery(id);

        var progress = await SweepAsync();

        Assert.All(orphans, body => Assert.False(cluster.Bodies.Exists(body)));
        Assert.All([.. young, .. inFlight, held.Message.Body, shared, waiting.Message.Body], body => Assert.True(cluster.Bodies.Exists(body)));
        Assert.Equal(orphans.Count, progress.Deleted);
        Assert.Equal(orphans.Count + young.Count, progress.Orphans);
        Assert.Equal(before + 2 + orphans.Count + young.Count + inFlight.Count, progress.Bodies);
        var usage = await cluster.Grains.GetGrain<ISweepGrain>(ISweepGrain.TheKey).ReadUsageAsync();
        Assert.Equal(progress.LiveBytes, usage.LiveBytes);
        Assert.Equal(progress.Bodies - progress.Deleted, usage.Bodies);
        Assert.Equal(AppendResult.Done, await mailbox.AppendAsync(waiting));
    }

    [Fact]
    public async Task A_body_whose_entry_names_another_body_or_is_a_tombstone_is_an_orphan()
    {
        var mailbox = cluster.NewMailbox(out var id);
        var held = await cluster.DeliverAsync(mailbox, id);
        var replaced = cluster.Bodies.PutOrphan(Text, new BodyHint(MailboxKeys.EntryOf(id, held.Message.Id)));
        var deleted = await cluster.DeliverAsync(mailbox, id);
        var lease = (await mailbox.OpenAsync(TimeSpan.FromSeconds(60))).Lease!;
        await mailbox.QuitAsync(lease, [new(deleted.Message.Id, EntryRow.SizeOf(deleted.Message.Body, deleted.DeliveredTo))]);
        await cluster.CleanAsync(id);
        var forgotten = cluster.Bodies.PutOrphan(Text, new BodyHint(MailboxKeys.EntryOf(id, deleted.Message.Id)));
        cluster.Time.Advance(TimeSpan.FromHours(25));

        await SweepAsync();

        Assert.True(cluster.Bodies.Exists(held.Message.Body));
        Assert.False(cluster.Bodies.Exists(replaced));
        Assert.False(cluster.Bodies.Exists(forgotten));
    }

    [Fact]
    public async Task A_shared_body_whose_mailboxes_never_got_it_is_an_orphan_with_its_holders()
    {
        var message = new MessageRef(MessageId.New(cluster.Time), cluster.Bodies.Put(Text, default));
        var holders = new BodyHolders(cluster.Memory, cluster.Bodies);
        var body = await holders.ShareAsync(
            message.Body,
            [MailboxKeys.EntryOf(cluster.NewName(), message.Id), MailboxKeys.EntryOf(cluster.NewName(), message.Id)],
            TestContext.Current.CancellationToken);
        cluster.Time.Advance(TimeSpan.FromHours(25));

        var progress = await SweepAsync();

        Assert.True(progress.Deleted >= 1);
        Assert.False(cluster.Bodies.Exists(body));
        Assert.Empty((await holders.ReadHoldersAsync(body, null, 10, TestContext.Current.CancellationToken)).Holders);
    }

    [Fact]
    public async Task A_large_store_is_swept_in_pages()
    {
        var planted = Enumerable.Range(0, 1200).Select(_ => cluster.Bodies.PutOrphan(Text, default)).ToList();
        cluster.Time.Advance(TimeSpan.FromHours(25));
        var sweep = cluster.Grains.GetGrain<ISweepGrain>(ISweepGrain.TheKey);

        var first = await sweep.SweepAsync(new SweepProgress());

        Assert.NotNull(first.Cursor);
        Assert.Equal(new SweepOptions().Page, first.Bodies);
        await SweepAsync();
        Assert.All(planted, body => Assert.False(cluster.Bodies.Exists(body)));
    }

    private List<BodyRef> PlantOrphans(string mailboxId) =>
    [
        cluster.Bodies.PutOrphan(Text, new BodyHint(MailboxKeys.EntryOf(mailboxId, MessageId.New(cluster.Time)))),
        cluster.Bodies.PutOrphan(Text, default),
    ];

    private async Task<BodyRef> SubmitToTwoAsync()
    {
        var message = new MessageRef(MessageId.New(cluster.Time), cluster.Bodies.Put(Text, default));
        Recipient[] to = [Users.Recipient("a@acme.test", cluster.NewName()), Users.Recipient("b@acme.test", cluster.NewName())];
        await cluster.Grains.GetGrain<ISubmissionGrain>(0).SubmitAsync(Users.Envelope(to), message);
        return message.Body;
    }

    private async Task<SweepProgress> SweepAsync()
    {
        var progress = new SweepProgress();
        do
            progress = await cluster.Grains.GetGrain<ISweepGrain>(ISweepGrain.TheKey).SweepAsync(progress);
        while (progress.Cursor is not null);
        return progress;
    }
}
