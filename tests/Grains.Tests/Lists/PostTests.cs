using System.Text;
using Orleans.Mail.Storage;
using Orleans.Mail.TestKit.Faults;

namespace Orleans.Mail.Grains.Tests.Lists;

public sealed class PostTests(MailCluster cluster) : IClassFixture<MailCluster>
{
    private const int Mailboxes = 700;
    private const int Remotes = 300;
    private const int Aliases = 50;

    [Fact]
    public async Task A_post_reaches_members_with_the_lists_header_and_leaves_no_body_behind()
    {
        var domain = await cluster.NewDomainAsync();
        var list = await cluster.NewListAsync(domain);
        var mick = await cluster.NewMailboxAsync($"mick@{domain}");
        await list.AddAsync($"mick@{domain}", "ann@far.test");

        var post = await cluster.PostAsync($"STAFF@{domain}", "Return-Path: <ann@far.test>\r\nReceived: x\r\nSender: y\r\nSubject: z\r\n\r\nhello\r\n");
        await cluster.WaitForListsAsync();

        var text = Assert.Single(await cluster.ReadMailAsync(mick));
        Assert.StartsWith($"Return-Path: <staff-owner@{domain}>\r\nReceived: x\r\nDelivered-To: staff@{domain}\r\nSender: staff-owner@{domain}\r\n", text);
        Assert.Contains($"List-Id: <staff.{domain}>\r\n", text);
        Assert.EndsWith("Subject: z\r\n\r\nhello\r\n", text);
        Assert.False(cluster.Bodies.Exists(post.Body));

        var entry = Assert.Single(await QueueOfAsync(post.Id));
        Assert.Equal(("ann@far.test", "ann@far.test", $"staff-owner@{domain}"), (entry.Target.Address, entry.Recipient, entry.Sender));
        Assert.Null(entry.Target.Sender);
        Assert.True(entry.IsBulk);
        Assert.True(entry.Body.Shared);
        await cluster.Grains.GetGrain<IMailboxGrain>(mick).CloseAsync();
        await cluster.CleanAsync(mick);
        Assert.True(cluster.Bodies.Exists(entry.Body));
        await new BodyHolders(cluster.Memory, cluster.Bodies).ReleaseAsync(entry.Body, QueueKeys.EntryOf(entry.Target, entry.Id), CancellationToken.None);
        Assert.False(cluster.Bodies.Exists(entry.Body));
    }

    [Fact]
    public async Task A_list_without_members_ends_a_post_and_its_body()
    {
        var list = await cluster.NewListAsync(await cluster.NewDomainAsync());
        var before = await cluster.Bodies.ReadUsageAsync(CancellationToken.None);

        await cluster.PostAsync(list.Address);
        await cluster.WaitForListsAsync();

        Assert.Equal(before, await cluster.Bodies.ReadUsageAsync(CancellationToken.None));
        Assert.Equal(0, cluster.Bodies.Pending);
    }

    [Fact]
    public async Task Members_that_nothing_leads_to_are_counted_and_the_others_get_their_copy()
    {
        var domain = await cluster.NewDomainAsync();
        var list = await cluster.NewListAsync(domain);
        var mick = await cluster.NewMailboxAsync($"mick@{domain}");
        var tiny = await cluster.NewMailboxAsync($"tiny@{domain}", new AccountSettings { MaxInKb = 1 });
        await list.AddAsync($"nobody@{domain}", $"mick@{domain}", $"tiny@{domain}");

        var post = await cluster.PostAsync(list.Address, "Subject: large\r\n\r\n" + new string('x', 2000) + "\r\n");
        await cluster.WaitForListsAsync();

        Assert.Equal(1, await cluster.CountMailAsync(mick));
        Assert.Equal(0, await cluster.CountMailAsync(tiny));
        Assert.Equal(1, (await list.Members.FindAsync($"nobody@{domain}"))!.Bounces);
        Assert.Equal(1, (await list.Members.FindAsync($"tiny@{domain}"))!.Bounces);
        Assert.Equal(0, (await list.Members.FindAsync($"mick@{domain}"))!.Bounces);
        Assert.Empty(await QueueOfAsync(post.Id));
    }

    [Fact]
    public async Task Forwards_copies_and_full_mailboxes_of_members_are_served()
    {
        var domain = await cluster.NewDomainAsync();
        var list = await cluster.NewListAsync(domain);
        await cluster.NewMailboxAsync($"away@{domain}", new AccountSettings { Forward = "home@far.test" });
        var both = await cluster.NewMailboxAsync($"both@{domain}", new AccountSettings { Copy = "copy@far.test" });
        var full = await cluster.NewMailboxAsync($"full@{domain}", new AccountSettings { QuotaKb = 1 });
        await cluster.DeliverAsync(cluster.Grains.GetGrain<IMailboxGrain>(full), full);
        await list.AddAsync($"away@{domain}", $"both@{domain}", $"full@{domain}");

        var post = await cluster.PostAsync(list.Address, "Subject: x\r\n\r\n" + new string('x', 1000) + "\r\n");
        await cluster.WaitForListsAsync();

        Assert.Equal(1, await cluster.CountMailAsync(both));
        Assert.Equal(1, await cluster.CountMailAsync(full));
        var entries = (await QueueOfAsync(post.Id)).OrderBy(entry => entry.Target.Address).ToArray();
        Assert.Equal(["copy@far.test", $"full@{domain}", "home@far.test"], entries.Select(entry => entry.Target.Address));
        Assert.Equal("", entries[0].Target.Sender);
        Assert.True(entries[0].Target.IsCopy);
        Assert.StartsWith("4.2.2", entries[1].Status);
        Assert.StartsWith("SRS0=", entries[2].Target.Sender);
    }

    [Fact]
    public async Task Lists_of_lists_end_and_give_everybody_one_copy()
    {
        var domain = await cluster.NewDomainAsync();
        var outer = await cluster.NewListAsync(domain, "outer");
        var inner = await cluster.NewListAsync(domain, "inner", ListAccess.Members);
        var ann = await cluster.NewMailboxAsync($"ann@{domain}");
        var bob = await cluster.NewMailboxAsync($"bob@{domain}");
        await outer.AddAsync($"ann@{domain}", inner.Address, "far@far.test");
        await inner.AddAsync($"ann@{domain}", $"bob@{domain}", outer.Address, inner.Address, "far@far.test");

        var post = await cluster.PostAsync(outer.Address);
        await cluster.WaitForListsAsync();
        cluster.Time.Advance(TimeSpan.FromHours(1)); // finished entries are forgotten
        await cluster.WaitForListsAsync();

        Assert.Equal(1, await cluster.CountMailAsync(ann));
        Assert.Equal(1, await cluster.CountMailAsync(bob));
        Assert.Single(await QueueOfAsync(post.Id), entry => entry.Target.Kind == TargetKind.Remote);
        var text = Assert.Single(await cluster.ReadMailAsync(bob));
        Assert.Contains($"List-Id: <inner.{domain}>\r\n", text);
        Assert.DoesNotContain($"List-Id: <outer.{domain}>\r\n", text);
        Assert.Contains($"Delivered-To: outer@{domain}\r\n", text);
    }

    [Fact]
    public async Task A_list_that_was_sent_through_itself_takes_it_no_more_even_when_the_queue_has_forgotten()
    {
        var domain = await cluster.NewDomainAsync();
        var list = await cluster.NewListAsync(domain);
        var ann = await cluster.NewMailboxAsync($"ann@{domain}");
        await list.AddAsync($"ann@{domain}");

        var post = await cluster.PostAsync(list.Address, $"Delivered-To: other@{domain}\r\nDelivered-To: {list.Address}\r\nSubject: x\r\n\r\n");
        await cluster.WaitForListsAsync();

        Assert.Equal(0, await cluster.CountMailAsync(ann));

        // Its report may have gone out, which ends it.
        var entry = await cluster.Grains.GetGrain<IQueueManagementGrain>(0).FindAsync(post.Id, list.Target);
        Assert.StartsWith("5.4.6", entry!.Status, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Submitting_a_post_again_after_it_went_out_sends_nothing_twice()
    {
        var domain = await cluster.NewDomainAsync();
        var list = await cluster.NewListAsync(domain);
        var ann = await cluster.NewMailboxAsync($"ann@{domain}");
        await list.AddAsync($"ann@{domain}");

        var post = await cluster.PostAsync(list.Address);
        await cluster.WaitForListsAsync();
        await cluster.SubmitAsync(new Recipient(list.Address, [list.Target]), post);
        await cluster.WaitForListsAsync();

        Assert.Equal(1, await cluster.CountMailAsync(ann));
    }

    [Fact]
    public async Task Two_activations_that_send_the_same_post_give_each_member_one_copy()
    {
        var (list, boxes) = await NewLargeListAsync();
        await using var second = await cluster.StartSecondAsync();
        var post = await cluster.PostAsync(list.Address);
        var shard = QueueKeys.ShardOf(list.Target, 10);
        while ((await cluster.QueueOfAsync(list.Target)).Count > 0)
        {
            await second.Grains.GetGrain<IQueueGrain>(shard).WakeAsync();
            await cluster.ForgetAsync(cluster.Grains.GetGrain<IQueueGrain>(shard));
            await cluster.Grains.GetGrain<IQueueGrain>(shard).WakeAsync();
        }

        await AssertServedAsync(post, boxes);
    }

    [Fact]
    public async Task Trouble_half_way_loses_nobody_and_gives_nobody_two()
    {
        var (list, boxes) = await NewLargeListAsync();
        cluster.Rows.Commits.Skip(40).Next(Fault.Error, 3).Skip(200).Next(Fault.LostReply, 3).Skip(100).Next(Fault.Error, 30);
        var post = await cluster.PostAsync(list.Address);

        for (var retry = 0; retry < 40 && (await cluster.QueueOfAsync(list.Target)).Count > 0; retry++)
        {
            cluster.Time.Advance(TimeSpan.FromHours(1));
            await cluster.Grains.GetGrain<IQueueGrain>(QueueKeys.ShardOf(list.Target, 10)).WakeAsync();
            for (var wait = 0; wait < 200 && (await cluster.QueueOfAsync(list.Target)) is [{ } entry] && entry.Due <= cluster.Time.GetUtcNow(); wait++)
                await Task.Delay(TimeSpan.FromMilliseconds(5), TestContext.Current.CancellationToken);
        }

        // What single mailboxes had no luck with waits in the queue.
        foreach (var late in (await QueueOfAsync(post.Id)).Where(entry => entry.Target.Kind == TargetKind.Mailbox))
            await cluster.RetryAsync(late.Target);
        await AssertServedAsync(post, boxes);
    }

    [Fact]
    public async Task A_large_post_is_rewritten_whole()
    {
        var domain = await cluster.NewDomainAsync();
        var list = await cluster.NewListAsync(domain);
        var ann = await cluster.NewMailboxAsync($"ann@{domain}");
        await list.AddAsync($"ann@{domain}");
        var text = new StringBuilder("Subject: x\r\n\r\n");
        for (var line = 0; text.Length < 5_000_000; line++)
            text.Append(line).Append("\r\n");

        await cluster.PostAsync(list.Address, text.ToString());
        await cluster.WaitForListsAsync();

        Assert.EndsWith(text.ToString(), Assert.Single(await cluster.ReadMailAsync(ann)));
    }

    /// <summary>Mailboxes, aliases that lead to some of them again, and remote members: 1,050 together.</summary>
    private async Task<(NewList List, IReadOnlyList<string> Boxes)> NewLargeListAsync()
    {
        var domain = await cluster.NewDomainAsync();
        var list = await cluster.NewListAsync(domain);
        var boxes = await Task.WhenAll(Enumerable.Range(0, Mailboxes).Select(i => cluster.NewMailboxAsync($"u{i}@{domain}")));
        await Task.WhenAll(Enumerable.Range(0, Aliases).Select(i =>
            cluster.Grains.GetGrain<IAliasGrain>($"a{i}@{domain}").CreateAsync(new AliasTarget($"u{i}@{domain}", ""))));
        await list.AddAsync(Enumerable.Range(0, Mailboxes).Select(i => $"u{i}@{domain}")
            .Concat(Enumerable.Range(0, Aliases).Select(i => $"a{i}@{domain}"))
            .Concat(Enumerable.Range(0, Remotes).Select(i => $"r{i}@far{i % 20}.test")));
        return (list, boxes);
    }

    private async Task AssertServedAsync(MessageRef post, IReadOnlyList<string> boxes)
    {
        var counts = await Task.WhenAll(boxes.Select(cluster.CountMailAsync));
        Assert.All(counts, count => Assert.Equal(1, count));
        var queued = (await QueueOfAsync(post.Id)).Select(entry => entry.Target.Address).ToArray();
        Assert.Equal(Enumerable.Range(0, Remotes).Select(i => $"r{i}@far{i % 20}.test").Order(), queued.Order());
        Assert.False(cluster.Bodies.Exists(post.Body));
    }

    private async Task<IReadOnlyList<QueueEntry>> QueueOfAsync(MessageId id) =>
        [.. (await cluster.ReadQueueAsync()).Where(entry => entry.Id == id)];
}
