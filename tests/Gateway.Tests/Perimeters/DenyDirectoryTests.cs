using System.Net;
using Orleans.Mail.Gateway.Deny;
using Orleans.Mail.Gateway.Tests.Manage;
using Orleans.Mail.Protocols.Smtp;

namespace Orleans.Mail.Gateway.Tests.Perimeters;

public sealed class DenyDirectoryTests
{
    private readonly FakeDenyLists lists = new();
    private readonly DenyDirectory directory;

    public DenyDirectoryTests() => directory = new DenyDirectory(FakeGrainFactory.Create((_, key) => lists.Find((string)key)));

    [Fact]
    public async Task Each_kind_is_about_its_own_side()
    {
        await lists.AddAsync(["IPIN=192.0.2.0/24", "IPOUT=203.0.113.0/24", "DOMAININ=in.test", "DOMAINOUT=out.test", "MAILBOXIN=a@x.test", "MAILBOXOUT=b@x.test"]);
        await directory.RefreshAsync();

        Assert.True(directory.DeniesClient(IPAddress.Parse("192.0.2.9")));
        Assert.False(directory.DeniesClient(IPAddress.Parse("203.0.113.9")));
        Assert.True(directory.DeniesSender(Path("any", "IN.test")));
        Assert.False(directory.DeniesSender(Path("any", "out.test")));
        Assert.True(directory.DeniesSender(Path("A", "x.test")));
        Assert.False(directory.DeniesSender(Path("b", "x.test")));
        Assert.True(directory.DeniesRecipient(Path("any", "out.test")));
        Assert.False(directory.DeniesRecipient(Path("any", "in.test")));
        Assert.True(directory.DeniesRecipient(Path("b", "X.test")));
        Assert.False(directory.DeniesRecipient(Path("a", "x.test")));
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("postmaster", "")]
    [InlineData("joe", "[192.0.2.1]")]
    public async Task A_path_without_a_domain_is_nobodys(string local, string domain)
    {
        await lists.AddAsync(["DOMAININ=x.test", "MAILBOXIN=joe@x.test"]);
        await directory.RefreshAsync();
        Assert.False(directory.DeniesSender(Path(local, domain)));
    }

    [Fact]
    public async Task A_refresh_takes_additions_and_removals()
    {
        await lists.AddAsync(["DOMAININ=a.test"]);
        await directory.RefreshAsync();
        await lists.AddAsync(["DOMAININ=b.test"]);
        await lists.Find("domainin").RemoveAsync("a.test");
        Assert.True(directory.DeniesSender(Path("x", "a.test")));

        await directory.RefreshAsync();

        Assert.False(directory.DeniesSender(Path("x", "a.test")));
        Assert.True(directory.DeniesSender(Path("x", "b.test")));
        Assert.Equal(0, lists.Listed);
    }

    [Fact]
    public async Task A_copy_that_fell_behind_the_log_is_made_anew()
    {
        await lists.AddAsync(["DOMAININ=gone.test"]);
        await directory.RefreshAsync();
        await lists.AddAsync(Enumerable.Range(0, 9).Select(i => $"DOMAININ=d{i}.test"));
        await lists.Find("domainin").RemoveAsync("gone.test");

        await directory.RefreshAsync();

        Assert.NotEqual(0, lists.Listed);
        Assert.False(directory.DeniesSender(Path("x", "gone.test")));
        Assert.All(Enumerable.Range(0, 9), i => Assert.True(directory.DeniesSender(Path("x", $"d{i}.test"))));
    }

    [Fact]
    public async Task While_the_cluster_does_not_answer_the_last_copy_serves()
    {
        await lists.AddAsync(["DOMAININ=a.test"]);
        await directory.RefreshAsync();
        await lists.AddAsync(["DOMAININ=b.test"]);
        lists.Trouble = FakeCluster.StoreTrouble;
        await Assert.ThrowsAnyAsync<IOException>(directory.RefreshAsync);
        Assert.True(directory.DeniesSender(Path("x", "a.test")));
        Assert.False(directory.DeniesSender(Path("x", "b.test")));

        lists.Trouble = null;
        await directory.RefreshAsync();

        Assert.True(directory.DeniesSender(Path("x", "b.test")));
    }

    [Fact]
    public async Task The_link_to_the_cluster_refreshes_when_the_version_has_changed()
    {
        await using var server = new ManagementServer();
        var denied = server.Get<DenyDirectory>();
        var link = server.Get<Gateway.Cluster.ClusterLink>();
        await link.SynchronizeAsync(TestContext.Current.CancellationToken);
        await server.Cluster.Denied.AddAsync(["DOMAININ=a.test"]);
        await link.SynchronizeAsync(TestContext.Current.CancellationToken);
        Assert.False(denied.DeniesSender(Path("x", "a.test"))); // not announced

        server.Cluster.DenyVersion++;
        await link.SynchronizeAsync(TestContext.Current.CancellationToken);
        Assert.True(denied.DeniesSender(Path("x", "a.test")));

        // A lost announcement is made good within half a minute.
        await server.Cluster.Denied.AddAsync(["DOMAININ=b.test"]);
        server.Time.Advance(TimeSpan.FromSeconds(30));
        await link.SynchronizeAsync(TestContext.Current.CancellationToken);
        Assert.True(denied.DeniesSender(Path("x", "b.test")));
    }

    private static SmtpPath Path(string local, string domain) => new(local, domain, null);
}
