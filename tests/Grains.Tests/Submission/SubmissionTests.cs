using System.Text;
using Orleans.Mail.Storage;
using Orleans.Mail.TestKit.Faults;

namespace Orleans.Mail.Grains.Tests.Submission;

public sealed class SubmissionTests(MailCluster cluster) : IClassFixture<MailCluster>
{
    private ISubmissionGrain Router => cluster.Grains.GetGrain<ISubmissionGrain>(0);

    [Fact]
    public async Task A_message_for_one_is_one_commit_and_no_shared_body()
    {
        var to = NewRecipient();
        var message = NewMessage(IdOf(to));
        var before = cluster.Memory.Commits;

        var result = await Router.SubmitAsync(Users.Envelope(to), message);

        Assert.Equal([SubmitOutcome.Delivered], result.Outcomes);
        Assert.Equal(1, cluster.Memory.Commits - before);
        Assert.Equal(1, await CountAsync(to));
    }

    [Fact]
    public async Task A_message_for_many_is_one_body_that_goes_with_its_last_holder()
    {
        var to = Enumerable.Range(0, 120).Select(_ => NewRecipient()).ToArray();
        var message = NewMessage();

        var result = await Router.SubmitAsync(Users.Envelope(to), message);

        Assert.All(result.Outcomes, outcome => Assert.Equal(SubmitOutcome.Delivered, outcome));
        Assert.Equal(120, result.Outcomes.Count);
        foreach (var recipient in to)
        {
            Assert.True(cluster.Bodies.Exists(message.Body));
            await cluster.Grains.GetGrain<IMailboxGrain>(IdOf(recipient)).CloseAsync();
            await cluster.CleanAsync(IdOf(recipient));
        }

        Assert.False(cluster.Bodies.Exists(message.Body));
    }

    [Fact]
    public async Task A_mailbox_named_twice_gets_one_copy_and_both_names_their_outcome()
    {
        var one = NewRecipient();
        var other = NewRecipient();
        var message = NewMessage();

        var result = await Router.SubmitAsync(Users.Envelope(one, other, one with { Address = "alias@acme.test" }), message);

        Assert.Equal([SubmitOutcome.Delivered, SubmitOutcome.Delivered, SubmitOutcome.Delivered], result.Outcomes);
        Assert.Equal(1, await CountAsync(one));
        Assert.Equal(1, await CountAsync(other));
    }

    [Fact]
    public async Task Submitting_again_delivers_nothing_twice()
    {
        var to = Enumerable.Range(0, 5).Select(_ => NewRecipient()).ToArray();
        var message = NewMessage();
        await Router.SubmitAsync(Users.Envelope(to), message);

        var result = await Router.SubmitAsync(Users.Envelope(to), message);

        Assert.All(result.Outcomes, outcome => Assert.Equal(SubmitOutcome.Delivered, outcome));
        foreach (var recipient in to)
            Assert.Equal(1, await CountAsync(recipient));
    }

    [Fact]
    public async Task A_mailbox_that_is_gone_concerns_its_recipient_alone_and_its_sender_is_to_hear_of_it()
    {
        var gone = NewRecipient();
        await cluster.Grains.GetGrain<IMailboxGrain>(IdOf(gone)).CloseAsync();
        var there = NewRecipient();
        var message = NewMessage();

        var result = await Router.SubmitAsync(Users.Envelope(gone, there), message);

        Assert.Equal([SubmitOutcome.Delivered, SubmitOutcome.Delivered], result.Outcomes);
        Assert.Equal(1, await CountAsync(there));
        var entry = Assert.Single(await cluster.QueueOfAsync(gone.Targets[0]));
        Assert.True(entry.Failed);
        Assert.StartsWith("5.1.1", entry.Status, StringComparison.Ordinal);
        Assert.True(cluster.Bodies.Exists(message.Body)); // the report quotes it
    }

    [Fact]
    public async Task A_refusal_leaves_no_holder_behind()
    {
        var gone = NewRecipient();
        await cluster.Grains.GetGrain<IMailboxGrain>(IdOf(gone)).CloseAsync();
        var full = NewRecipient(quota: 1);
        var shared = NewMessage();

        Assert.Equal([SubmitOutcome.Gone], (await Router.SubmitAsync(Users.Envelope(gone), NewMessage(IdOf(gone)))).Outcomes);
        Assert.Equal([SubmitOutcome.Full], (await Router.SubmitAsync(Users.Envelope(full), NewMessage(IdOf(full)))).Outcomes);
        Assert.Equal([SubmitOutcome.Gone, SubmitOutcome.Gone], (await Router.SubmitAsync(Users.Envelope(gone, gone), shared)).Outcomes);

        Assert.False(cluster.Bodies.Exists(shared.Body));
    }

    [Fact]
    public async Task What_the_queue_does_not_take_is_to_be_submitted_again()
    {
        var full = NewRecipient(quota: 1);
        var there = NewRecipient();
        var message = NewMessage();
        SubmitResult result;
        cluster.Rows.Commits.Skip(2).Next(Fault.Error); // the holders and the mailbox go well, the queue's does not
        result = await Router.SubmitAsync(Users.Envelope(full, there), message);

        Assert.Equal([SubmitOutcome.TryAgain, SubmitOutcome.Delivered], result.Outcomes);
        result = await Router.SubmitAsync(Users.Envelope(full, there), message);
        Assert.Equal([SubmitOutcome.Delivered, SubmitOutcome.Delivered], result.Outcomes);
        Assert.Equal("4.2.2 the mailbox is full", Assert.Single(await cluster.QueueOfAsync(full.Targets[0])).Status);
        Assert.Equal(1, await CountAsync(there));
    }

    [Fact]
    public async Task A_recipient_is_done_when_all_its_targets_are()
    {
        var one = NewRecipient().Targets[0];
        var other = NewRecipient().Targets[0];
        var owners = new Recipient("crew-owner@acme.test", new[] { one, other });
        using (cluster.Rows.Commits.While(Fault.DiskFull))
            Assert.Equal([SubmitOutcome.TryAgain], (await Router.SubmitAsync(Users.Envelope(owners), NewMessage())).Outcomes);

        // The first mailbox goes well, the second and the queue do not.
        var message = NewMessage();
        cluster.Rows.Commits.Skip(2).Next(Fault.Error).Next(Fault.Error);
        Assert.Equal([SubmitOutcome.TryAgain], (await Router.SubmitAsync(Users.Envelope(owners), message)).Outcomes);
        Assert.Equal([SubmitOutcome.Delivered], (await Router.SubmitAsync(Users.Envelope(owners), message)).Outcomes);
        Assert.Equal(1, await CountAsync(owners with { Targets = new[] { one } }));
        Assert.Equal(1, await CountAsync(owners with { Targets = new[] { other } }));
    }

    [Fact]
    public async Task Trouble_with_one_mailbox_is_the_queues_and_none_of_the_others()
    {
        var to = new[] { NewRecipient(), NewRecipient(), NewRecipient() };
        var message = NewMessage();
        cluster.Rows.Commits.Skip(2).Next(Fault.Error); // the holders and the first mailbox go well

        var result = await Router.SubmitAsync(Users.Envelope(to), message);

        Assert.All(result.Outcomes, outcome => Assert.Equal(SubmitOutcome.Delivered, outcome));
        var counts = await Task.WhenAll(to.Select(CountAsync));
        Assert.Equal(2, counts.Sum());
        var late = to[Array.IndexOf(counts, 0)];
        Assert.Equal("4.3.0 temporary trouble here", Assert.Single(await cluster.QueueOfAsync(late.Targets[0])).Status);

        await cluster.RetryAsync(late.Targets[0]);

        Assert.All(await Task.WhenAll(to.Select(CountAsync)), count => Assert.Equal(1, count));
        Assert.Empty(await cluster.QueueOfAsync(late.Targets[0]));
    }

    [Fact]
    public async Task A_store_in_trouble_is_try_again_for_all()
    {
        var to = new[] { NewRecipient(), NewRecipient() };
        var message = NewMessage();
        using (cluster.Rows.Commits.While(Fault.DiskFull))
        {
            Assert.Equal([SubmitOutcome.TryAgain, SubmitOutcome.TryAgain], (await Router.SubmitAsync(Users.Envelope(to), message)).Outcomes);
            Assert.Equal([SubmitOutcome.TryAgain], (await Router.SubmitAsync(Users.Envelope(to[0]), NewMessage())).Outcomes);
        }
    }

    [Fact]
    public async Task A_body_that_is_not_there_is_try_again()
    {
        var to = NewRecipient();
        var message = NewMessage(IdOf(to));
        cluster.Bodies.DropPending();

        Assert.Equal([SubmitOutcome.TryAgain], (await Router.SubmitAsync(Users.Envelope(to), message)).Outcomes);
        Assert.Equal([SubmitOutcome.TryAgain, SubmitOutcome.TryAgain], (await Router.SubmitAsync(Users.Envelope(to, NewRecipient()), message)).Outcomes);
    }

    private Recipient NewRecipient(long quota = 0, long maxSize = 0) =>
        Users.Recipient("mick@acme.test", cluster.NewName(), quota, maxSize);

    private static string IdOf(Recipient recipient) => recipient.Targets[0].Id;

    private MessageRef NewMessage(string? only = null)
    {
        var id = MessageId.New(cluster.Time);
        RowKey? sole = only is null ? null : MailboxKeys.EntryOf(only, id);
        return new MessageRef(id, cluster.Bodies.Put(Encoding.ASCII.GetBytes("Subject: x\r\n\r\nhello\r\n"), new BodyHint(sole)));
    }

    private async Task<long> CountAsync(Recipient recipient) =>
        (await cluster.Grains.GetGrain<IMailboxGrain>(IdOf(recipient)).ReadUsageAsync()).Messages;
}
