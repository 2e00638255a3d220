using Orleans.Mail.Grains.Tests.Queue;

namespace Orleans.Mail.Grains.Tests.Submission;

/// <summary>One message, submitted by several at the same time under the same id.</summary>
public sealed class RepeatedSubmitTests
{
    private const int Rounds = 5;
    private const int Gateways = 4;

    [Fact]
    public async Task Gateways_that_repeat_one_submission_at_the_same_time_deliver_it_once()
    {
        await using var world = await QueueWorld.StartAsync();
        await SubmitTogetherAsync(world, world.Cluster);
    }

    [Fact]
    public async Task So_do_two_halves_of_a_cluster_that_do_not_know_each_other()
    {
        await using var world = await QueueWorld.StartAsync();
        await using var second = await world.Cluster.StartSecondAsync();
        await SubmitTogetherAsync(world, second);
    }

    private static async Task SubmitTogetherAsync(QueueWorld world, MailCluster other)
    {
        for (var round = 0; round < Rounds; round++)
        {
            var mail = await MixedMail.NewAsync(world);

            var accepted = await Task.WhenAll(Enumerable.Range(0, Gateways).Select(gateway => mail.SubmitAsync(gateway % 2 == 0 ? world.Cluster : other)));

            Assert.DoesNotContain(false, accepted);
            await mail.ArrivesOnceAsync();
            Assert.Equal(1, mail.Sent);
        }
    }
}
