namespace Orleans.Mail.Grains.Tests.Queue;

/// <summary>Whose claims hold: those of silos that may be at work.</summary>
public sealed class ActiveSilosTests(MailCluster cluster) : IClassFixture<MailCluster>
{
    private IActiveSilos Silos => cluster.Service<IActiveSilos>();

    [Fact]
    public void A_silo_knows_itself_as_alive() => Assert.True(Silos.IsAlive(Silos.Self));

    [Fact]
    public void An_unknown_silo_is_gone_when_it_is_older_and_may_have_just_come_when_it_is_younger()
    {
        var self = SiloAddress.FromParsableString(Silos.Self);
        Assert.False(Silos.IsAlive(SiloAddress.New(self.Endpoint.Address, self.Endpoint.Port, self.Generation - 1).ToParsableString()));
        Assert.True(Silos.IsAlive(SiloAddress.New(self.Endpoint.Address, self.Endpoint.Port, self.Generation + 1).ToParsableString()));
    }
}
