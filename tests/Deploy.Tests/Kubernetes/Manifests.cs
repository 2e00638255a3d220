using System.Collections.Concurrent;
using k8s;
using k8s.Models;
using YamlDotNet.RepresentationModel;

namespace Orleans.Mail.Deploy.Tests.Kubernetes;

/// <summary>The objects that one <c>kubectl apply</c> makes.</summary>
internal sealed class Manifests
{
    public const string Base = "base";

    private const string Folder = "deploy/kubernetes";

    private static readonly ConcurrentDictionary<string, Lazy<Task<Manifests>>> Read = new();

    private Manifests(IReadOnlyList<object> objects, IReadOnlyDictionary<string, string> configuration)
    {
        Objects = objects;
        Configuration = configuration;
    }

    /// <summary>The base, the overlays, and an overlay with each component.</summary>
    public static TheoryData<string> Sets => [Base, "overlays/aks", "overlays/local", "components/management", "components/proxy-protocol", "components/tls"];

    public IReadOnlyList<object> Objects { get; }

    /// <summary>The variables of the ConfigMap that all our pods get.</summary>
    public IReadOnlyDictionary<string, string> Configuration { get; }

    public IReadOnlyList<V1Deployment> Deployments => [.. Objects.OfType<V1Deployment>()];

    public IReadOnlyList<(string Name, V1PodTemplateSpec Template)> Pods =>
        [.. Deployments.Select(each => (each.Name(), each.Spec.Template)), .. Objects.OfType<V1StatefulSet>().Select(each => (each.Name(), each.Spec.Template))];

    /// <summary>Reads a set strictly. All but the base need kubectl; without it the test is skipped.</summary>
    public static Task<Manifests> ReadAsync(string set) => Read.GetOrAdd(set, static each => new(() => LoadAsync(each))).Value;

    private static async Task<Manifests> LoadAsync(string set)
    {
        if (set == Base)
        {
            var kustomization = Kustomization(Base);
            var files = ((YamlSequenceNode)kustomization["resources"]).Select(each => Repository.Read($"{Folder}/{Base}/{each}"));
            return new(Load(string.Join("\n---\n", files)), Literals(kustomization));
        }

        var objects = Load(set.StartsWith("components", StringComparison.Ordinal) ? await WithComponentAsync(set) : await RenderAsync(Repository.PathOf($"{Folder}/{set}")));
        var map = Assert.Single(objects.OfType<V1ConfigMap>(), each => each.Name().StartsWith("mail-config", StringComparison.Ordinal));
        return new(objects, map.Data.AsReadOnly());
    }

    /// <summary>Objects of the API's own types; a field that they do not have is an exception.</summary>
    public static IReadOnlyList<object> Load(string yaml) => KubernetesYaml.LoadAllFromString(yaml, strict: true);

    public static YamlMappingNode Kustomization(string folder)
    {
        var yaml = new YamlStream();
        using var text = File.OpenText(Repository.PathOf($"{Folder}/{folder}/kustomization.yaml"));
        yaml.Load(text);
        return (YamlMappingNode)yaml.Documents[0].RootNode;
    }

    private static Dictionary<string, string> Literals(YamlMappingNode kustomization) =>
        ((YamlSequenceNode)kustomization["configMapGenerator"][0]["literals"]).Select(each => each.ToString().Split('=', 2)).ToDictionary(each => each[0], each => each[1]);

    private static async Task<string> WithComponentAsync(string component)
    {
        var folder = Directory.CreateTempSubdirectory("orleans-mail-");
        try
        {
            var to = Path.GetRelativePath(folder.FullName, Repository.PathOf(Folder));
            await File.WriteAllTextAsync(
                Path.Combine(folder.FullName, "kustomization.yaml"),
                $"""
                resources: [{to}/overlays/local]
                components: [{to}/{component}]
                """,
                TestContext.Current.CancellationToken);
            return await RenderAsync(folder.FullName);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<string> RenderAsync(string folder)
    {
        if (await Command.TryRunAsync("kubectl", "kustomize", folder) is not var (exitCode, output, error))
        {
            Assert.Skip("kubectl is not installed");
            return "";
        }

        Assert.True(exitCode == 0, error);
        Assert.Equal("", error); // it warns of what is deprecated
        return output;
    }
}
