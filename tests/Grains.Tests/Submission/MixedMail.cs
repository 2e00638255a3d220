using System.Text;
using Orleans.Mail.Grains.Tests.Lists;
using Orleans.Mail.Grains.Tests.Queue;

namespace Orleans.Mail.Grains.Tests.Submission;

/// <summary>A message to recipients of every kind: two mailboxes, a host elsewhere, and a list with two members.</summary>
internal sealed class MixedMail
{
    private readonly QueueWorld world;
    private readonly Envelope envelope;
    private readonly MessageRef message;
    private readonly IReadOnlyList<string> mailboxes;

    private MixedMail(QueueWorld world, Envelope envelope, MessageRef message, IReadOnlyList<string> mailboxes)
    {
        this.world = world;
        this.envelope = envelope;
        this.message = message;
        this.mailboxes = mailboxes;
    }

    /// <summary>How often it was sent elsewhere.</summary>
    public int Sent => world.Relay.CountOf(message.Id);

    public static async Task<MixedMail> NewAsync(QueueWorld world)
    {
        var cluster = world.Cluster;
        var domain = await cluster.NewDomainAsync();
        var mailboxes = new List<string>();
        foreach (var name in (string[])["ann", "bob", "member1", "member2"])
            mailboxes.Add(await cluster.NewMailboxAsync($"{name}@{domain}"));
        var list = await cluster.NewListAsync(domain);
        await list.AddAsync($"member1@{domain}", $"member2@{domain}");
        var to = $"zoe@{domain}";
        Recipient[] recipients =
        [
            Users.Recipient($"ann@{domain}", mailboxes[0]),
            new Recipient($"{to}.far.test", [new Target { Kind = TargetKind.Remote, Address = $"{to}.far.test" }]),
            new Recipient(list.Address, [list.Target]),
            Users.Recipient($"bob@{domain}", mailboxes[1]),
        ];
        var body = cluster.Bodies.Put(Encoding.ASCII.GetBytes("Subject: x\r\n\r\nhello\r\n"), default);
        return new MixedMail(world, Users.Envelope(recipients), new MessageRef(MessageId.New(cluster.Time), body), mailboxes);
    }

    /// <summary>As a gateway does it: what is not durable for every recipient is asked for once more under the same id. True = 250.</summary>
    public async Task<bool> SubmitAsync(MailCluster through)
    {
        var router = through.Grains.GetGrain<ISubmissionGrain>(0);
        for (var attempt = 0; attempt < 2; attempt++)
        {
            var result = await router.SubmitAsync(envelope, message);
            if (!result.Outcomes.Contains(SubmitOutcome.TryAgain))
                return true;
        }

        return false;
    }

    /// <summary>Waits until nothing of it is on its way, and then each mailbox has it once.</summary>
    public async Task ArrivesOnceAsync()
    {
        await world.AdvanceUntilAsync(
            async () => !(await world.Cluster.ReadQueueAsync()).Any(entry => entry.Id == message.Id), TimeSpan.FromSeconds(30), 120);
        foreach (var mailbox in mailboxes)
        {
            await world.Cluster.ForgetAsync(world.Cluster.Grains.GetGrain<IMailboxGrain>(mailbox)); // another activation may have written last
            Assert.Equal(1, await world.Cluster.CountMailAsync(mailbox));
            Assert.Single(await world.Cluster.ReadMailAsync(mailbox));
        }
    }
}
