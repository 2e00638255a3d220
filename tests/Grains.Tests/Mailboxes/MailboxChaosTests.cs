using Orleans.Mail.Storage;
using Orleans.Mail.TestKit.Faults;

namespace Orleans.Mail.Grains.Tests.Mailboxes;

/// <summary>
/// Two activations of one mailbox, dying now and then, over a store that fails, hangs and loses replies; callers that
/// repeat until they have an answer. Whatever happens, what was acknowledged is there once, and what was deleted is not.
/// </summary>
public sealed class MailboxChaosTests(MailCluster cluster) : IClassFixture<MailCluster>
{
    private static readonly TimeSpan TakeOver = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Acknowledged_messages_are_there_once_and_deleted_ones_are_gone(int seed)
    {
        var random = new Random(seed);
        await using var second = await cluster.StartSecondAsync();
        cluster.NewMailbox(out var id);
        MailCluster[] sides = [cluster, second];
        var expected = new Dictionary<MessageId, Delivery>();
        var deleted = new List<Delivery>();

        for (var round = 0; round < 25; round++)
        {
            Trouble(random);
            var deliveries = Enumerable.Range(0, random.Next(1, 40)).Select(_ => cluster.NewDelivery(id)).ToList();
            await Task.WhenAll(deliveries.Select(delivery => UntilAnsweredAsync(
                () => Mailbox(sides[random.Next(2)], id).AppendAsync(delivery), AppendResult.Done)));
            foreach (var delivery in deliveries)
                expected.Add(delivery.Message.Id, delivery);
            if (random.Next(3) == 0)
                await UntilAnsweredAsync(() => Mailbox(sides[random.Next(2)], id).AppendAsync(deliveries[0]), AppendResult.Done);
            if (random.Next(3) == 0)
                deleted.AddRange(await DeleteSomeAsync(random, sides, id, expected));
            if (random.Next(4) == 0)
                await sides[random.Next(2)].ForgetAsync(Mailbox(sides[0], id));
        }

        await CheckAsync(sides[random.Next(2)], id, expected, deleted);
    }

    private static IMailboxGrain Mailbox(MailCluster side, string id) => side.Grains.GetGrain<IMailboxGrain>(id);

    private void Trouble(Random random)
    {
        Fault[] faults = [Fault.Error, Fault.LostReply, Fault.LostRequest, Fault.LostReply];
        for (var i = random.Next(6); i > 0; i--)
            cluster.Rows.Commits.Skip(random.Next(3)).Next(faults[random.Next(faults.Length)], random.Next(1, 3));
        if (random.Next(3) == 0)
            cluster.Rows.Reads.Skip(random.Next(5)).Next(Fault.Error);
        if (random.Next(3) == 0)
            cluster.BodyFaults.Deletes.Skip(random.Next(5)).Next(Fault.Error);
    }

    private async Task<List<Delivery>> DeleteSomeAsync(
        Random random, MailCluster[] sides, string id, Dictionary<MessageId, Delivery> expected)
    {
        var side = sides[random.Next(2)];
        await side.ForgetAsync(Mailbox(side, id)); // one that the other has left behind would show an older snapshot
        var (lease, entries) = await ListAsync(side, id);
        Assert.Equal(expected.Keys.Order(), entries.Select(entry => entry.Id));
        var chosen = entries.Where(_ => random.Next(2) == 0).ToList();
        var deletions = chosen.Select(entry => new MailboxDeletion(entry.Id, entry.Size)).ToArray();
        await UntilAnsweredAsync(() => Mailbox(side, id).QuitAsync(lease, deletions), QuitResult.Done);
        var gone = chosen.ConvertAll(entry => expected[entry.Id]);
        chosen.ForEach(entry => expected.Remove(entry.Id));
        return gone;
    }

    private async Task<(MailboxLease Lease, List<MailboxEntry> Entries)> ListAsync(MailCluster side, string id)
    {
        while (true)
        {
            cluster.Time.Advance(TimeSpan.FromSeconds(61)); // whoever held it is gone
            try
            {
                var open = await Mailbox(side, id).OpenAsync(TakeOver);
                Assert.Equal(OpenStatus.Granted, open.Status);
                if (await Mailbox(side, id).ReadIndexAsync(open.Lease!, null, 1000) is { Next: null } page)
                    return (open.Lease!, [.. page.Entries]);
            }
            catch (StorageException)
            {
                // The next round of the loop asks again, as a client does.
                continue;
            }
        }
    }

    private async Task CheckAsync(MailCluster side, string id, Dictionary<MessageId, Delivery> expected, List<Delivery> deleted)
    {
        await UntilAnsweredAsync(async () => await side.CleanAsync(id) is null, false);
        await side.ForgetAsync(Mailbox(side, id));
        var (_, entries) = await ListAsync(side, id);
        Assert.Equal(expected.Keys.Order(), entries.Select(entry => entry.Id));
        Assert.Equal(entries.Count, entries.Select(entry => entry.Sequence).Distinct().Count());
        Assert.Equal(new MailboxUsage(entries.Count, entries.Sum(entry => entry.Size)), await Mailbox(side, id).ReadUsageAsync());
        Assert.All(expected.Values, delivery => Assert.True(cluster.Bodies.Exists(delivery.Message.Body)));
        Assert.All(deleted, delivery => Assert.False(cluster.Bodies.Exists(delivery.Message.Body)));
        Assert.DoesNotContain(cluster.KeysOf(id), key => key.StartsWith("x!", StringComparison.Ordinal));
        Assert.NotEmpty(deleted);
    }

    private static async Task UntilAnsweredAsync<T>(Func<Task<T>> ask, T answer)
    {
        for (var attempt = 0; attempt < 50; attempt++)
        {
            try
            {
                Assert.Equal(answer, await ask());
                return;
            }
            catch (StorageException) when (attempt < 49)
            {
                // Repeated with the same ids, as a gateway does.
                continue;
            }
        }
    }
}
