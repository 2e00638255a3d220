namespace Orleans.Mail.Grains.Tests.Cluster;

public sealed class ClusterTests(MailCluster cluster) : IClassFixture<MailCluster>
{
    private IClusterGrain Cluster => cluster.Grains.GetGrain<IClusterGrain>(IClusterGrain.TheKey);

    [Fact]
    public async Task A_process_that_stops_reporting_is_forgotten()
    {
        cluster.Time.Advance(TimeSpan.FromSeconds(11)); // those of other tests
        await Cluster.ReportAsync(Report("a", 1));
        cluster.Time.Advance(TimeSpan.FromSeconds(6));
        await Cluster.ReportAsync(Report("b", 2));
        await Cluster.ReportAsync(Report("b", 3));

        Assert.Equal([("a", 1L), ("b", 3L)], (await Cluster.StatusAsync()).Select(each => (each.Process, each.MailsSent)).Order());
        cluster.Time.Advance(TimeSpan.FromSeconds(6));

        Assert.Equal("b", Assert.Single(await Cluster.StatusAsync()).Process);
    }

    [Fact]
    public async Task The_secret_of_logins_outlives_the_activation()
    {
        var secret = await Cluster.LoginSecretAsync();
        await cluster.ForgetAsync(Cluster);
        Assert.Equal(32, secret.Length);
        Assert.Equal(secret, await Cluster.LoginSecretAsync());
    }

    [Fact]
    public async Task Every_change_of_a_domain_makes_a_new_version()
    {
        var before = await Cluster.ReportAsync(Report("p", 0));
        var domain = await cluster.NewDomainAsync();
        var created = await Cluster.ReportAsync(Report("p", 0));
        await cluster.Grains.GetGrain<IDomainGrain>(domain).ChangeAsync(new DomainChange { MaxInKb = 1 });
        var changed = await Cluster.ReportAsync(Report("p", 0));
        await cluster.Grains.GetGrain<IDomainGrain>(domain).DeleteAsync();
        var deleted = await Cluster.ReportAsync(Report("p", 0));

        Assert.Equal(before.Incarnation, deleted.Incarnation);
        Assert.True(before.Domains < created.Domains);
        Assert.True(created.Domains < changed.Domains);
        Assert.True(changed.Domains < deleted.Domains);
    }

    [Fact]
    public async Task A_new_activation_is_another_incarnation()
    {
        var before = await Cluster.ReportAsync(Report("p", 0));
        await cluster.ForgetAsync(Cluster);

        Assert.NotEqual(before.Incarnation, (await Cluster.ReportAsync(Report("p", 0))).Incarnation);
    }

    [Fact]
    public async Task Domains_are_listed_by_pages_without_those_being_deleted()
    {
        var domains = new List<string>();
        for (var i = 0; i < 5; i++)
            domains.Add(await cluster.NewDomainAsync(new DomainSettings { MaxUsers = i }));
        var gone = domains[2];
        await cluster.Grains.GetGrain<IDomainGrain>(gone).DeleteAsync();

        var found = new List<Domain>();
        var after = "";
        while (after is not null)
        {
            var page = await Cluster.ListDomainsAsync(after, 2);
            found.AddRange(page.Domains);
            after = page.Next;
        }

        Assert.Equal(found.Select(each => each.Name).Order(StringComparer.Ordinal), found.Select(each => each.Name));
        Assert.DoesNotContain(found, each => each.Name == gone);
        Assert.Equal(4, Assert.Single(found, each => each.Name == domains[4]).Settings.MaxUsers);
    }

    private ProcessReport Report(string process, long sent) =>
        new() { Process = process, Started = cluster.Time.GetUtcNow(), MailsSent = sent };
}
