namespace Orleans.Mail.Grains.Tests.Queue;

/// <summary>Whose claims hold: those of silos that may be at work.</summary>
public sealed class ActiveSilosTests(MailCluster cluster) : IClassFixture<MailCluster>
{
    private IActiveSilos Silos => cluster.Service<IActiveSilos>();

    [Fact]
    public void A_silo_knows_itself_as_alive() => Assert.True(Silos.IsAlive(Silos.Self));

    [Fact]
    public void An_unknown_silo_is_gone_unless_it_may_have_just_come_to_a_cluster()
    {
        var self = SiloAddress.FromParsableString(Silos.Self);
        var unknown = SiloAddress.New(self.Endpoint.Address, self.Endpoint.Port + 1, self.Generation - 1).ToParsableString(); // one before it at its own port would be dead
        Assert.False(Silos.IsAlive(unknown));
        cluster.Options<QueueOptions>().IsClustered = true;
        Assert.True(Silos.IsAlive(unknown));
    }
}
