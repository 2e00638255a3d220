namespace Orleans.Mail.Grains.Tests.Submission;

public sealed class RoutingTests(MailCluster cluster) : IClassFixture<MailCluster>
{
    public static TheoryData<string> Names => [.. RoutingTable.Rows.Select(row => row.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Mail_goes_where_the_table_says(string name)
    {
        var row = RoutingTable.Rows.Single(row => row.Name == name);
        var world = await RoutingWorld.CreateAsync(cluster, row.World);

        Assert.Equal(row.Expected, await world.RouteAsync(row.Recipient));
    }

    [Fact]
    public async Task A_rewritten_sender_leads_back_for_three_weeks_and_a_forged_one_nowhere()
    {
        var domain = await cluster.NewDomainAsync();
        await cluster.CreateUserAsync($"mick@{domain}", new AccountSettings { Forward = "x@far.test" });
        var router = cluster.Grains.GetGrain<ISubmissionGrain>(0);
        var forward = await router.RouteAsync(new RouteRequest($"mick@{domain}", "Ann.Old+x@away.test", 0, false));
        var rewritten = Assert.Single(forward.Recipient!.Targets).Sender!;

        Assert.Equal("Ann.Old+x@away.test", await BackAsync(rewritten));
        Assert.Equal("ann.old+x@away.test", (await BackAsync(rewritten.ToLowerInvariant()))?.ToLowerInvariant());
        Assert.Null(await BackAsync(rewritten.Replace("Ann.Old", "Ann.Odd", StringComparison.Ordinal)));
        Assert.Null(await BackAsync($"SRS0=x@{domain}"));
        cluster.Time.Advance(TimeSpan.FromDays(20));
        Assert.NotNull(await BackAsync(rewritten));
        cluster.Time.Advance(TimeSpan.FromDays(2));
        Assert.Null(await BackAsync(rewritten));

        async Task<string?> BackAsync(string address)
        {
            var route = await router.RouteAsync(new RouteRequest(address, "", 0, false));
            return route.Recipient?.Targets[0].Address;
        }
    }
}
