using System.Globalization;
using System.Text.RegularExpressions;
using Orleans.Mail.Deploy.Tests.Images;
using YamlDotNet.Core;

namespace Orleans.Mail.Deploy.Tests.Compose;

public sealed partial class ComposeTests
{
    private static readonly string Text = Repository.Read("deploy/compose.yaml");
    private static readonly ComposeFile Cluster = ComposeFile.Read(Text);
    private static readonly Dockerfile Images = Dockerfile.Read();

    public static TheoryData<string> Services => [.. Cluster.Services.Keys];

    [Fact]
    public void A_key_that_compose_does_not_have_is_refused() =>
        Assert.Throws<YamlException>(() => ComposeFile.Read(Text.Replace("stop_grace_period", "stop_grace", StringComparison.Ordinal)));

    [Fact]
    public void There_are_two_silos_two_gateways_a_store_and_a_balancer() =>
        Assert.Equal(["azurite", "balancer", "gateway-1", "gateway-2", "silo-1", "silo-2", "tools"], Cluster.Services.Keys.Order());

    [Theory, MemberData(nameof(Services))]
    public void A_service_is_pinned_hardened_and_published_on_loopback_only(string name)
    {
        var service = Cluster.Services[name];
        Assert.True(ImageName.IsPinned(service.Image), service.Image);
        Assert.True(service.ReadOnly);
        Assert.Equal(["/tmp"], service.Tmpfs);
        Assert.Equal(["ALL"], service.CapDrop);
        Assert.Equal(["no-new-privileges:true"], service.SecurityOpt);
        Assert.All(service.Ports, port => Assert.StartsWith("127.0.0.1:", port, StringComparison.Ordinal));
        Assert.All(service.DependsOn, each => Assert.Equal("service_healthy", each.Value.Condition));
        Assert.All(service.DependsOn.Keys, each => Assert.True(Cluster.Services[each].Healthcheck is not null || Cluster.Services[each].Build is not null, each));
    }

    [Theory, InlineData("silo-1"), InlineData("silo-2"), InlineData("gateway-1"), InlineData("gateway-2"), InlineData("tools")]
    public void A_service_of_ours_is_built_here_and_knows_its_variables(string name)
    {
        var service = Cluster.Services[name];
        Assert.Equal(("..", "deploy/Dockerfile"), (service.Build!.Context, service.Build.Dockerfile));
        Assert.Contains(service.Build.Target, Images.Stages.Keys);
        Assert.StartsWith($"orleans-mail-{service.Build.Target}:", service.Image, StringComparison.Ordinal);
        Variables.AssertKnown(service.Environment.Select(each => KeyValuePair.Create<string, string?>(each.Key, WithCertificate(each.Value))));
        if (name != "tools")
            Assert.True(Seconds(service.StopGracePeriod) >= 30, service.StopGracePeriod);
    }

    [Fact]
    public void Silos_and_gateways_share_the_store_and_the_cluster()
    {
        var ours = Cluster.Services.Where(each => each.Value.Environment.ContainsKey("Storage__Provider")).Select(each => each.Value.Environment).ToArray();
        Assert.Equal(4, ours.Length);
        foreach (var name in new[] { "Storage__Provider", "Storage__ConnectionString", "Cluster__Id", "Gateway__HostName" })
            Assert.Single(ours.Select(each => each[name]).Distinct());
        Assert.Contains("http://azurite:10000/", ours[0]["Storage__ConnectionString"], StringComparison.Ordinal);
        Assert.Contains("http://azurite:10002/", ours[0]["Storage__ConnectionString"], StringComparison.Ordinal);
    }

    [Fact]
    public void The_store_keeps_its_disk_and_has_time_to_write_it()
    {
        var store = Cluster.Services["azurite"];
        var location = store.Command[store.Command.IndexOf("--location") + 1];
        Assert.Equal([$"azurite:{location}"], store.Volumes);
        Assert.Contains("azurite", Cluster.Volumes.Keys);
        Assert.True(Seconds(store.StopGracePeriod) >= 15);
    }

    [Fact]
    public void The_gateways_believe_the_balancer_alone()
    {
        var address = Assert.Single(Address().Matches(Text)).Groups[1].Value;
        Assert.All(Gateways(), gateway => Assert.Equal(address, gateway.Environment["Gateway__TrustedProxies"]));
        var subnet = System.Net.IPNetwork.Parse(Cluster.Networks["mail"].Ipam!.Config.Single()["subnet"]);
        Assert.True(subnet.Contains(System.Net.IPAddress.Parse(address)));
    }

    [Fact]
    public void The_balancer_knows_every_gateway_and_its_ports()
    {
        var balancer = Cluster.Services["balancer"];
        Assert.All(balancer.Volumes, volume => Assert.True(File.Exists(Repository.PathOf(Path.Combine("deploy", volume.Split(':')[0]))), volume));
        var environment = Images.EnvironmentOf("gateway").ToDictionary();
        foreach (var (name, value) in Cluster.Services["gateway-1"].Environment)
            environment[name] = WithCertificate(value);
        var servers = Server().Matches(Repository.Read("deploy/compose/haproxy.cfg")).Select(each => (each.Groups[1].Value, each.Groups[2].Value, each.Groups[3].Value));
        var ports = new[] { "PORT_SMTP", "PORT_POP3", "PORT_SUBMISSION", "PORT_SUBMISSIONS", "PORT_POP3S" };
        var expected = ports.SelectMany(port => new[] { "gateway-1", "gateway-2" }.Select(name => (name, environment[port], environment["Health__Port"])));
        Assert.Equal(expected, servers);
        Assert.Equal(ports.Select(port => $"127.0.0.1:{environment[port]}:{environment[port]}"), balancer.Ports);
        Assert.Contains("GET /health/ready", Repository.Read("deploy/compose/haproxy.cfg"), StringComparison.Ordinal);
    }

    private static IEnumerable<ComposeService> Gateways() => Cluster.Services.Values.Where(each => each.Build?.Target == "gateway");

    // What stands there only when MAIL_CERTIFICATE is set.
    private static string WithCertificate(string value) => IfCertificate().Replace(value, "$1");

    private static int Seconds(string period) => int.Parse(period.TrimEnd('s'), CultureInfo.InvariantCulture);

    [GeneratedRegex(@"\$\{MAIL_CERTIFICATE:\+(.*?)\}")]
    private static partial Regex IfCertificate();

    [GeneratedRegex(@"ipv4_address: ([\d.]+)")]
    private static partial Regex Address();

    [GeneratedRegex(@"server \S+ (\S+):(\d+) send-proxy-v2 check port (\d+)")]
    private static partial Regex Server();
}
