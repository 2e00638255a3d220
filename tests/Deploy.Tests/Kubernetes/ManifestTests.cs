using System.Globalization;
using k8s.Models;
using Orleans.Mail.Deploy.Tests.Images;
using YamlDotNet.Core;

namespace Orleans.Mail.Deploy.Tests.Kubernetes;

/// <summary>What holds for every set of manifests.</summary>
public sealed class ManifestTests
{
    private static readonly Dockerfile Images = Dockerfile.Read();

    public static TheoryData<string> Sets => Manifests.Sets;

    [Fact]
    public void A_field_that_the_API_does_not_have_is_refused()
    {
        const string Service = "apiVersion: v1\nkind: Service\nspec:\n  externalTrafficPolice: Local\n";
        Assert.Throws<YamlException>(() => Manifests.Load(Service));
        Assert.IsType<V1Service>(Manifests.Load(Service.Replace("Police", "Policy", StringComparison.Ordinal))[0]);
    }

    [Theory, MemberData(nameof(Sets))]
    public async Task Silos_and_gateways_scale_are_spread_and_are_never_all_gone(string set)
    {
        var manifests = await Manifests.ReadAsync(set);
        Assert.Equal(["gateway", "silo"], manifests.Deployments.Select(each => each.Name()).Order());
        foreach (var deployment in manifests.Deployments)
        {
            Assert.Null(deployment.Spec.Replicas); // the autoscaler's
            var scaler = Assert.Single(manifests.Objects.OfType<V2HorizontalPodAutoscaler>(), each => each.Spec.ScaleTargetRef.Name == deployment.Name());
            Assert.True(scaler.Spec.MinReplicas >= 2);
            var budget = Assert.Single(manifests.Objects.OfType<V1PodDisruptionBudget>(), each => Selects(each.Spec.Selector, deployment.Spec.Template));
            Assert.Equal("1", budget.Spec.MaxUnavailable.Value);
            Assert.Equal("0", deployment.Spec.Strategy.RollingUpdate.MaxUnavailable.Value);
            var pod = deployment.Spec.Template.Spec;
            Assert.All(pod.TopologySpreadConstraints, spread => Assert.True(Selects(spread.LabelSelector, deployment.Spec.Template)));
            Assert.All(pod.Affinity.PodAntiAffinity.PreferredDuringSchedulingIgnoredDuringExecution, term => Assert.True(Selects(term.PodAffinityTerm.LabelSelector, deployment.Spec.Template)));
        }
    }

    [Theory, MemberData(nameof(Sets))]
    public async Task Every_selector_finds_pods_and_every_port_has_its_name(string set)
    {
        var manifests = await Manifests.ReadAsync(set);
        Assert.All(manifests.Deployments, each => Assert.True(Selects(each.Spec.Selector, each.Spec.Template)));
        Assert.All(manifests.Objects.OfType<V1Service>(), service =>
        {
            var pod = Assert.Single(manifests.Pods, each => service.Spec.Selector.All(label => each.Template.Metadata.Labels.Contains(label)));
            Assert.All(service.Spec.Ports, port => Assert.Contains(port.TargetPort.Value, PortsOf(pod.Template).Keys));
        });
        Assert.All(manifests.Objects.OfType<V1NetworkPolicy>(), policy =>
        {
            var pods = manifests.Pods.Where(each => Selects(policy.Spec.PodSelector, each.Template)).ToArray();
            Assert.NotEmpty(pods);
            foreach (var port in (policy.Spec.Ingress ?? []).SelectMany(rule => rule.Ports))
                Assert.All(pods, pod => Assert.Contains(port.Port.Value, PortsOf(pod.Template).Keys));
            foreach (var peer in (policy.Spec.Ingress ?? []).SelectMany(rule => rule.FromProperty ?? []).Where(each => each.PodSelector is not null))
                Assert.Contains(manifests.Pods, each => Selects(peer.PodSelector, each.Template));
        });
    }

    [Theory, MemberData(nameof(Sets))]
    public async Task Every_variable_is_a_parameter(string set)
    {
        var manifests = await Manifests.ReadAsync(set);
        Variables.AssertKnown(manifests.Configuration.Select(each => KeyValuePair.Create<string, string?>(each.Key, each.Value)));
        foreach (var deployment in manifests.Deployments)
        {
            var container = Assert.Single(deployment.Spec.Template.Spec.Containers);
            Variables.AssertKnown((container.Env ?? []).Select(each => KeyValuePair.Create<string, string?>(each.Name, each.Value)));
            Assert.Contains(container.EnvFrom, each => each.ConfigMapRef?.Name.StartsWith("mail-config", StringComparison.Ordinal) == true);
            Assert.Contains(container.EnvFrom, each => each.SecretRef?.Name.StartsWith("mail-secrets", StringComparison.Ordinal) == true);
        }

        foreach (var secret in manifests.Objects.OfType<V1Secret>())
            Assert.All(secret.Data.Keys, name => Assert.True(Variables.ParameterOf(name)?.IsSecret, name));
    }

    [Theory, MemberData(nameof(Sets))]
    public async Task Ports_are_those_that_the_processes_open(string set)
    {
        var manifests = await Manifests.ReadAsync(set);
        var gateway = EnvironmentOf(manifests, "gateway");
        var expected = new Dictionary<string, int> { ["smtp"] = Port(gateway, "PORT_SMTP"), ["pop3"] = Port(gateway, "PORT_POP3"), ["management"] = Port(gateway, "PORT_REMT"), ["health"] = Port(gateway, "Health__Port") };
        foreach (var name in new[] { "submission", "submissions", "pop3s" }.Where(name => gateway.ContainsKey($"PORT_{name.ToUpperInvariant()}")))
            expected[name] = Port(gateway, $"PORT_{name.ToUpperInvariant()}");
        Assert.Equal(expected, PortsOf(TemplateOf(manifests, "gateway")));
        var silo = EnvironmentOf(manifests, "silo");
        Assert.Equal("false", silo["Gateway__Hosted"]);
        Assert.Equal(
            new() { ["silo"] = Port(silo, "Silo__Port"), ["clients"] = Port(silo, "Silo__GatewayPort"), ["health"] = Port(silo, "Health__Port") },
            PortsOf(TemplateOf(manifests, "silo")));
        Assert.Equal("status.podIP", TemplateOf(manifests, "silo").Spec.Containers[0].Env.Single(each => each.Name == "Silo__Address").ValueFrom.FieldRef.FieldPath);
        Assert.All(manifests.Deployments, each => Assert.Equal(gateway["Health__Port"], each.Spec.Template.Metadata.Annotations["prometheus.io/port"]));
    }

    [Theory, MemberData(nameof(Sets))]
    public async Task A_certificate_is_where_the_gateway_looks_for_it_and_can_be_replaced(string set)
    {
        var manifests = await Manifests.ReadAsync(set);
        if (!manifests.Configuration.TryGetValue("Tls__Certificate", out var path))
            return;
        var pod = TemplateOf(manifests, "gateway").Spec;
        var volume = Assert.Single(pod.Volumes, each => each.Secret is not null);
        var mount = Assert.Single(pod.Containers[0].VolumeMounts, each => each.Name == volume.Name);
        Assert.True(mount.ReadOnlyProperty);
        Assert.Null(mount.SubPath); // a file mounted by itself is never replaced
        Assert.Equal($"{mount.MountPath}/tls.crt", path);
        Assert.Equal($"{mount.MountPath}/tls.key", manifests.Configuration["Tls__Key"]);
        Assert.Equal(Convert.ToInt32("440", 8), volume.Secret.DefaultMode);
    }

    [Theory, MemberData(nameof(Sets))]
    public async Task Probes_ask_the_health_port_and_the_time_to_end_is_enough(string set)
    {
        var manifests = await Manifests.ReadAsync(set);
        foreach (var deployment in manifests.Deployments)
        {
            var pod = deployment.Spec.Template.Spec;
            var container = pod.Containers[0];
            Assert.Equal(("/health/live", "health"), Asks(container.StartupProbe));
            Assert.Equal(("/health/live", "health"), Asks(container.LivenessProbe));
            Assert.Equal(("/health/ready", "health"), Asks(container.ReadinessProbe));
            Assert.True(pod.TerminationGracePeriodSeconds >= 30 + (container.Lifecycle?.PreStop.Sleep.Seconds ?? 0));
        }
    }

    [Theory, MemberData(nameof(Sets))]
    public async Task Pods_run_with_no_more_rights_than_they_need(string set)
    {
        var manifests = await Manifests.ReadAsync(set);
        Assert.All(manifests.Pods, each =>
        {
            var pod = each.Template.Spec;
            Assert.False(pod.AutomountServiceAccountToken);
            Assert.True(pod.SecurityContext.RunAsNonRoot);
            Assert.Equal("RuntimeDefault", pod.SecurityContext.SeccompProfile.Type);
            var container = Assert.Single(pod.Containers);
            Assert.True(ImageName.IsPinned(container.Image), container.Image);
            Assert.True(container.SecurityContext.ReadOnlyRootFilesystem);
            Assert.False(container.SecurityContext.AllowPrivilegeEscalation);
            Assert.Equal(["ALL"], container.SecurityContext.Capabilities.Drop);
            Assert.Equal(["cpu", "memory"], container.Resources.Requests.Keys.Order());
            Assert.Contains("memory", container.Resources.Limits.Keys);
            Assert.Contains(container.VolumeMounts, mount => mount.MountPath == "/tmp");
            if (Images.Stages.ContainsKey(each.Name))
                Assert.Equal(Images.Find(each.Name, "USER"), $"{pod.SecurityContext.RunAsUser}:{pod.SecurityContext.RunAsGroup}");
        });
    }

    private static (string Path, string Port) Asks(V1Probe probe) => (probe.HttpGet.Path, probe.HttpGet.Port.Value);

    private static V1PodTemplateSpec TemplateOf(Manifests manifests, string name) => manifests.Deployments.Single(each => each.Name() == name).Spec.Template;

    /// <summary>What the process finds: the image's, the ConfigMap's, its own.</summary>
    private static Dictionary<string, string?> EnvironmentOf(Manifests manifests, string name)
    {
        var environment = Images.EnvironmentOf(name).ToDictionary(each => each.Key, each => (string?)each.Value);
        foreach (var (key, value) in manifests.Configuration)
            environment[key] = value;
        foreach (var variable in TemplateOf(manifests, name).Spec.Containers[0].Env ?? [])
            environment[variable.Name] = variable.Value;
        return environment;
    }

    private static int Port(Dictionary<string, string?> environment, string name) => int.Parse(environment[name]!, CultureInfo.InvariantCulture);

    private static Dictionary<string, int> PortsOf(V1PodTemplateSpec pod) => pod.Spec.Containers[0].Ports.ToDictionary(port => port.Name, port => port.ContainerPort);

    private static bool Selects(V1LabelSelector selector, V1PodTemplateSpec pod)
    {
        var labels = pod.Metadata.Labels;
        return (selector.MatchLabels ?? new Dictionary<string, string>()).All(label => labels.Contains(label))
            && (selector.MatchExpressions ?? []).All(each => each.OperatorProperty == "In" && labels.TryGetValue(each.Key, out var value) && each.Values.Contains(value));
    }
}
