using System.Text;
using Orleans.Mail.Storage;

namespace Orleans.Mail.Grains.Tests.Lists;

/// <summary>A list of the tests.</summary>
internal sealed record NewList(string Address, string Id, IMailingListGrain Members)
{
    public Target Target => new() { Kind = TargetKind.List, Address = Address, Id = Id };
}

internal static class MailingLists
{
    public static async Task<NewList> NewListAsync(this MailCluster cluster, string domain, string name = "staff", ListAccess access = ListAccess.Anyone)
    {
        var grain = cluster.Grains.GetGrain<IListAddressGrain>($"{name}@{domain}");
        Assert.Equal(NameOutcome.Done, (await grain.CreateAsync(new ListSettings(access, ListMembers.Any))).Outcome);
        var list = (await grain.ReadAsync())!;
        return new NewList($"{name}@{domain}", list.ListId, cluster.Grains.GetGrain<IMailingListGrain>(list.ListId));
    }

    public static async Task AddAsync(this NewList list, params IEnumerable<string> members)
    {
        foreach (var part in members.Chunk(500))
        {
            var outcomes = await Task.WhenAll(part.Select(member => list.Members.AddAsync(new ListMember(member, MemberType.Member))));
            Assert.All(outcomes, outcome => Assert.Equal(NameOutcome.Done, outcome));
        }
    }

    public static async Task<string> NewMailboxAsync(this MailCluster cluster, string address, AccountSettings? settings = null)
    {
        Assert.Equal(NameOutcome.Done, await cluster.CreateUserAsync(address, settings));
        return (await cluster.ResolveAsync(address)).Id;
    }

    /// <summary>A message for <paramref name="to"/> goes the way that the gateway sends it.</summary>
    public static async Task<MessageRef> PostAsync(this MailCluster cluster, string to, string text = "Subject: x\r\n\r\nhello\r\n", string sender = "ann@far.test")
    {
        var route = await cluster.Grains.GetGrain<ISubmissionGrain>(0).RouteAsync(new RouteRequest(to, sender, 0, MayRelay: false));
        Assert.Equal(RouteVerdict.Accepted, route.Verdict);
        var target = Assert.Single(route.Recipient!.Targets);
        var id = MessageId.New(cluster.Time);
        var message = new MessageRef(id, cluster.Bodies.Put(Encoding.UTF8.GetBytes(text), new BodyHint(QueueKeys.EntryOf(target, id))));
        await cluster.SubmitAsync(route.Recipient, message, sender);
        return message;
    }

    public static async Task SubmitAsync(this MailCluster cluster, Recipient recipient, MessageRef message, string sender = "ann@far.test")
    {
        var envelope = new Envelope(sender, [recipient], message.Body.Size, MessageTraits.None);
        Assert.Equal([SubmitOutcome.Delivered], (await cluster.Grains.GetGrain<ISubmissionGrain>(0).SubmitAsync(envelope, message)).Outcomes);
    }

    /// <summary>Waits until the queue has no list's work left.</summary>
    public static async Task WaitForListsAsync(this MailCluster cluster)
    {
        while ((await cluster.ReadQueueAsync()).Any(entry => entry is { Failed: false, Target.Kind: TargetKind.List or TargetKind.ListBounce }))
            await Task.Delay(TimeSpan.FromMilliseconds(5), TestContext.Current.CancellationToken);
    }

    public static async Task<long> CountMailAsync(this MailCluster cluster, string mailboxId) =>
        (await cluster.Grains.GetGrain<IMailboxGrain>(mailboxId).ReadUsageAsync()).Messages;

    /// <summary>The texts of a mailbox's messages as they are stored.</summary>
    public static async Task<IReadOnlyList<string>> ReadMailAsync(this MailCluster cluster, string mailboxId)
    {
        var mailbox = cluster.Grains.GetGrain<IMailboxGrain>(mailboxId);
        var lease = (await mailbox.OpenAsync(TimeSpan.Zero)).Lease!;
        var texts = new List<string>();
        foreach (var entry in (await mailbox.ReadIndexAsync(lease, null, 1000))!.Entries)
        {
            await using var body = await cluster.Bodies.OpenReadAsync(entry.Body, BodyRange.All, TestContext.Current.CancellationToken);
            using var reader = new StreamReader(body);
            texts.Add(await reader.ReadToEndAsync(TestContext.Current.CancellationToken));
        }

        await mailbox.ReleaseAsync(lease.Token);
        return texts;
    }
}
