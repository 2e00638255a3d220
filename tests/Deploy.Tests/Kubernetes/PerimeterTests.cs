using k8s.Models;

namespace Orleans.Mail.Deploy.Tests.Kubernetes;

/// <summary>Who reaches which port, and as whom.</summary>
public sealed class PerimeterTests
{
    public static TheoryData<string> Sets => Manifests.Sets;

    [Theory, MemberData(nameof(Sets))]
    public async Task The_mail_ports_learn_the_clients_address(string set)
    {
        var manifests = await Manifests.ReadAsync(set);
        var mail = Assert.Single(manifests.Objects.OfType<V1Service>(), each => each.Name() == "mail");
        Assert.Equal("LoadBalancer", mail.Spec.Type);
        (int, string)[] encrypted = manifests.Configuration.ContainsKey("Tls__Certificate") ? [(587, "submission"), (465, "submissions"), (995, "pop3s")] : [];
        Assert.Equal([(25, "smtp"), (110, "pop3"), .. encrypted], mail.Spec.Ports.Select(port => (port.Port, port.TargetPort.Value)));
        Assert.True(mail.Spec.ExternalTrafficPolicy == "Local" || manifests.Configuration.ContainsKey("Gateway__TrustedProxies"));
    }

    [Theory, MemberData(nameof(Sets))]
    public async Task Nobody_reaches_a_port_that_no_rule_names(string set)
    {
        var policies = (await Manifests.ReadAsync(set)).Objects.OfType<V1NetworkPolicy>().ToArray();
        Assert.Contains(policies, each => each.Spec.PodSelector.MatchLabels is null && each.Spec.PodSelector.MatchExpressions is null && each.Spec.Ingress is null);
        Assert.All(policies, each => Assert.Equal(["Ingress"], each.Spec.PolicyTypes));
        foreach (var rule in policies.SelectMany(each => each.Spec.Ingress ?? []))
        {
            Assert.NotEmpty(rule.Ports); // none would mean every port
            if (rule.FromProperty is not { Count: > 0 })
                Assert.All(rule.Ports, port => Assert.True(port.Port.Value is "smtp" or "pop3" or "submission" or "submissions" or "pop3s", port.Port.Value));
            foreach (var port in rule.Ports.Where(port => port.Port.Value is "silo" or "clients"))
                Assert.All(rule.FromProperty, peer => Assert.NotNull(peer.PodSelector));
        }
    }

    [Theory, MemberData(nameof(Sets))]
    public async Task The_management_port_has_no_way_in_but_the_component(string set)
    {
        var manifests = await Manifests.ReadAsync(set);
        var services = manifests.Objects.OfType<V1Service>().Where(each => each.Spec.Ports.Any(port => port.TargetPort.Value == "management")).ToArray();
        var rules = manifests.Objects.OfType<V1NetworkPolicy>().SelectMany(each => each.Spec.Ingress ?? []).Where(each => each.Ports.Any(port => port.Port.Value == "management")).ToArray();
        if (set != "components/management")
        {
            Assert.Empty(services);
            Assert.Empty(rules);
            Assert.DoesNotContain("Management__Bind", manifests.Configuration.Keys);
            return;
        }

        var service = Assert.Single(services);
        Assert.Equal("true", service.Metadata.Annotations["service.beta.kubernetes.io/azure-load-balancer-internal"]);
        Assert.Equal("Local", service.Spec.ExternalTrafficPolicy);
        Assert.Equal(service.Spec.LoadBalancerSourceRanges, Assert.Single(rules).FromProperty.Select(peer => peer.IpBlock.Cidr));
    }
}
