using Orleans.Mail.TestKit;

namespace Orleans.Mail.Grains.Tests.Submission;

/// <summary>Random graphs of aliases, forwards and copies against a model that walks every simple path.</summary>
public sealed class RoutingGraphTests(MailCluster cluster) : IClassFixture<MailCluster>
{
    private const int MaxHops = 10;

    [Fact]
    [Trait("Category", "Fuzz")]
    public async Task Every_walk_ends_and_each_mailbox_in_reach_gets_one_copy()
    {
        var random = new Random(20260301);
        for (var run = 0; run < Math.Max(40, Fuzzing.Iterations / 200); run++)
        {
            var domain = await cluster.NewDomainAsync();
            var nodes = NewGraph(random);
            foreach (var node in nodes)
                await CreateAsync(node, domain);

            var start = nodes[random.Next(nodes.Count)];
            var route = await cluster.Grains.GetGrain<ISubmissionGrain>(0).RouteAsync(new RouteRequest($"{start.Name}@{domain}", "ann@far.test", 0, false));

            var expected = Reach(nodes, start, []);
            var found = route.Recipient?.Targets.Select(target => target.Address[..target.Address.IndexOf('@', StringComparison.Ordinal)]).ToArray() ?? [];
            Assert.Equal(found.Length, found.Distinct().Count());
            Assert.True(expected.SetEquals(found), $"run {run} from {start.Name} of {string.Join("; ", nodes)}: expected {string.Join(' ', expected)}, found {string.Join(' ', found)}");
            Assert.Equal(expected.Count > 0 ? RouteVerdict.Accepted : RouteVerdict.Loop, route.Verdict);
        }
    }

    private static List<Node> NewGraph(Random random)
    {
        var count = random.Next(1, 15);
        string? Other(double share) => random.NextDouble() < share ? $"n{random.Next(count)}" : null;
        return [.. Enumerable.Range(0, count).Select(i => random.Next(3) == 0
            ? new Node($"n{i}", IsAlias: true, Other(1), null)
            : new Node($"n{i}", IsAlias: false, Other(0.6), Other(0.5)))];
    }

    private async Task CreateAsync(Node node, string domain)
    {
        string At(string? name) => name is null ? "" : $"{name}@{domain}";
        if (node.IsAlias)
            Assert.Equal(NameOutcome.Done, (await cluster.Grains.GetGrain<IAliasGrain>(At(node.Name)).CreateAsync(new AliasTarget(At(node.Forward), ""))).Outcome);
        else
            Assert.Equal(NameOutcome.Done, await cluster.CreateUserAsync(At(node.Name), new AccountSettings { Forward = At(node.Forward), Copy = At(node.Copy) }));
    }

    /// <summary>Everybody who keeps the mail, by any path that meets nobody twice and is not too long.</summary>
    private static HashSet<string> Reach(IReadOnlyList<Node> nodes, Node node, IReadOnlyList<string> path)
    {
        var reach = new HashSet<string>();
        if (path.Contains(node.Name) || path.Count > MaxHops)
            return reach;
        if (!node.IsAlias && (node.Forward is null || node.Forward == node.Name))
            reach.Add(node.Name);
        foreach (var next in new[] { node.Forward, node.Copy })
        {
            if (next is not null)
                reach.UnionWith(Reach(nodes, nodes.Single(other => other.Name == next), [.. path, node.Name]));
        }

        return reach;
    }

    private sealed record Node(string Name, bool IsAlias, string? Forward, string? Copy);
}
