using k8s.Models;
using YamlDotNet.RepresentationModel;

namespace Orleans.Mail.Deploy.Tests.Kubernetes;

/// <summary>The overlay for AKS, which takes what main.bicep puts out.</summary>
public sealed class AksTests
{
    private const string Folder = "deploy/kubernetes/overlays/aks";

    private static Dictionary<string, string> Settings =>
        File.ReadLines(Repository.PathOf($"{Folder}/settings.env")).Where(line => !line.StartsWith('#')).Select(line => line.Split('=', 2)).ToDictionary(each => each[0], each => each[1]);

    [Fact]
    public void Every_setting_has_its_place_and_every_place_its_setting()
    {
        var sources = ((YamlSequenceNode)Manifests.Kustomization("overlays/aks")["replacements"]).Select(each => each["source"]["fieldPath"].ToString()["data.".Length..]);
        Assert.Equal(Settings.Keys.Order(), sources.Order());
    }

    [Fact]
    public void The_names_are_the_outputs_of_the_template()
    {
        var template = Repository.Read("deploy/azure/main.bicep");
        Assert.All(Settings.Keys.Where(name => !name.EndsWith("Image", StringComparison.Ordinal)), name => Assert.Contains($"\noutput {name} string = ", template, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_identity_the_address_and_the_account_arrive()
    {
        var (settings, manifests) = (Settings, await Manifests.ReadAsync("overlays/aks"));
        var account = Assert.Single(manifests.Objects.OfType<V1ServiceAccount>());
        Assert.Equal(settings["identityClientId"], account.Metadata.Annotations["azure.workload.identity/client-id"]);
        Assert.Contains($"'system:serviceaccount:{account.Namespace()}:{account.Name()}'", Repository.Read("deploy/azure/main.bicep"), StringComparison.Ordinal);
        Assert.All(manifests.Deployments, each =>
        {
            Assert.Equal(account.Name(), each.Spec.Template.Spec.ServiceAccountName);
            Assert.Equal("true", each.Spec.Template.Metadata.Labels["azure.workload.identity/use"]);
            Assert.Equal(settings[$"{each.Name()}Image"], each.Spec.Template.Spec.Containers[0].Image);
        });
        Assert.Equal(settings["storageAccount"], manifests.Configuration["Storage__AccountName"]);
        var mail = manifests.Objects.OfType<V1Service>().Single(each => each.Name() == "mail");
        Assert.Equal(settings["publicIpName"], mail.Metadata.Annotations["service.beta.kubernetes.io/azure-pip-name"]);
        Assert.Equal(settings["resourceGroup"], mail.Metadata.Annotations["service.beta.kubernetes.io/azure-load-balancer-resource-group"]);
        Assert.DoesNotContain(manifests.Objects.OfType<V1ConfigMap>(), each => each.Name() == "settings");
    }
}
