using Orleans.Mail.Grains.Tests.Queue;
using Orleans.Mail.Storage;
using Orleans.Mail.TestKit.Faults;

namespace Orleans.Mail.Grains.Tests.Submission;

/// <summary>
/// One thing is done again and again, and each time the next of its commits goes wrong: that of the first step, of the
/// second, until there is none left to go wrong.
/// </summary>
public sealed class FaultAtEachCommitTests
{
    private const int MostCommits = 100;

    private static readonly TimeSpan TakeOver = TimeSpan.FromSeconds(60);

    /// <summary>From the submission to two mailboxes, a list and another host to the last member's copy.</summary>
    [Theory]
    [InlineData(nameof(Fault.LostReply))]
    [InlineData(nameof(Fault.LostRequest))]
    [InlineData(nameof(Fault.Error))]
    public async Task A_message_arrives_once_whichever_commit_on_its_way_goes_wrong(string fault)
    {
        await using var world = await QueueWorld.StartAsync();
        await AtEachCommitAsync(world.Cluster.Rows.Commits, Named(fault), atLeast: 8, () => MixedMail.NewAsync(world), async mail =>
        {
            Assert.True(await mail.SubmitAsync(world.Cluster));
            await mail.ArrivesOnceAsync();
            Assert.Equal(1, mail.Sent);
        });
    }

    /// <summary>From QUIT to the last body that is gone.</summary>
    [Theory]
    [InlineData(nameof(Fault.LostReply))]
    [InlineData(nameof(Fault.LostRequest))]
    [InlineData(nameof(Fault.Error))]
    public async Task A_quit_deletes_once_and_what_was_marked_whichever_commit_goes_wrong(string fault)
    {
        await using var world = await QueueWorld.StartAsync();
        var cluster = world.Cluster;
        await AtEachCommitAsync(cluster.Rows.Commits, Named(fault), atLeast: 3, () => OpenAsync(cluster), async open =>
        {
            MailboxDeletion[] deletions = [.. open.Entries.Take(2).Select(entry => new MailboxDeletion(entry.Id, entry.Size))];
            await UntilAnsweredAsync(async () => Assert.Equal(QuitResult.Done, await open.Mailbox.QuitAsync(open.Lease, deletions)), fault == nameof(Fault.LostReply) ? 1 : 3);
            await UntilAnsweredAsync(() => cluster.CleanAsync(open.Id), 3);

            await cluster.ForgetAsync(open.Mailbox);
            Assert.Equal(new MailboxUsage(1, open.Entries[2].Size), await open.Mailbox.ReadUsageAsync());
            Assert.Equal([false, false, true], open.Entries.Select(entry => cluster.Bodies.Exists(entry.Body)));
        });
    }

    private static Fault Named(string fault) => fault switch
    {
        nameof(Fault.LostReply) => Fault.LostReply,
        nameof(Fault.LostRequest) => Fault.LostRequest,
        _ => Fault.Error,
    };

    private static async Task AtEachCommitAsync<T>(FaultPlan commits, Fault fault, int atLeast, Func<Task<T>> prepare, Func<T, Task> run)
    {
        for (var number = 0; number < MostCommits; number++)
        {
            var prepared = await prepare();
            var before = commits.Calls;
            if (number > 0)
                commits.Skip(number);
            commits.Next(fault);
            await run(prepared);
            if (commits.Calls - before > number)
                continue;
            Assert.True(number >= atLeast, $"it took {number} commits only");
            return; // there was none to go wrong
        }

        Assert.Fail($"it takes more than {MostCommits} commits");
    }

    private static async Task<(IMailboxGrain Mailbox, string Id, MailboxLease Lease, MailboxEntry[] Entries)> OpenAsync(MailCluster cluster)
    {
        var mailbox = cluster.NewMailbox(out var id);
        for (var i = 0; i < 3; i++)
            await cluster.DeliverAsync(mailbox, id);
        var lease = (await mailbox.OpenAsync(TakeOver)).Lease!;
        var page = await mailbox.ReadIndexAsync(lease, null, 1000);
        return (mailbox, id, lease, [.. page!.Entries.OrderBy(entry => entry.Sequence)]);
    }

    private static async Task UntilAnsweredAsync(Func<Task> ask, int attempts)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await ask();
                return;
            }
            catch (StorageException) when (attempt < attempts)
            {
                // Asked again with the same ids, as whoever was told [SYS/TEMP] does.
                continue;
            }
        }
    }
}
