using YamlDotNet.Core;
using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;

namespace Orleans.Mail.Deploy.Tests.Compose;

/// <summary>A compose file, as far as ours uses what one may hold: a key that is not here is an exception.</summary>
internal sealed class ComposeFile
{
    public string Name { get; set; } = "";

    public Dictionary<string, ComposeService> Services { get; set; } = [];

    public Dictionary<string, ComposeNetwork> Networks { get; set; } = [];

    public Dictionary<string, object> Volumes { get; set; } = [];

    // The parts that services are made of.
    [YamlMember(Alias = "x-hardening", ApplyNamingConventions = false)]
    public object? Hardening { get; set; }

    [YamlMember(Alias = "x-mail", ApplyNamingConventions = false)]
    public object? Mail { get; set; }

    [YamlMember(Alias = "x-environment", ApplyNamingConventions = false)]
    public object? Environment { get; set; }

    [YamlMember(Alias = "x-silo", ApplyNamingConventions = false)]
    public ComposeService? Silo { get; set; }

    [YamlMember(Alias = "x-gateway", ApplyNamingConventions = false)]
    public ComposeService? Gateway { get; set; }

    public static ComposeFile Read(string text) =>
        new DeserializerBuilder()
            .WithNamingConvention(UnderscoredNamingConvention.Instance)
            .Build()
            .Deserialize<ComposeFile>(new MergingParser(new Parser(new StringReader(text))));
}

internal sealed class ComposeService
{
    public string Image { get; set; } = "";

    public ComposeBuild? Build { get; set; }

    public List<string> Command { get; set; } = [];

    public Dictionary<string, string> Environment { get; set; } = [];

    public List<string> Ports { get; set; } = [];

    public List<string> Volumes { get; set; } = [];

    public List<string> Tmpfs { get; set; } = [];

    public List<string> CapDrop { get; set; } = [];

    public List<string> SecurityOpt { get; set; } = [];

    public List<string> Profiles { get; set; } = [];

    public bool ReadOnly { get; set; }

    public string Restart { get; set; } = "";

    public string StopGracePeriod { get; set; } = "";

    public string? NetworkMode { get; set; }

    /// <summary>A list of names, or their settings by name.</summary>
    public object? Networks { get; set; }

    public Dictionary<string, ComposeDependency> DependsOn { get; set; } = [];

    public ComposeHealthCheck? Healthcheck { get; set; }
}

internal sealed class ComposeBuild
{
    public string Context { get; set; } = "";

    public string Dockerfile { get; set; } = "";

    public string Target { get; set; } = "";
}

internal sealed class ComposeDependency
{
    public string Condition { get; set; } = "";
}

internal sealed class ComposeHealthCheck
{
    public List<string> Test { get; set; } = [];

    public string Interval { get; set; } = "";

    public string Timeout { get; set; } = "";

    public int Retries { get; set; }
}

internal sealed class ComposeNetwork
{
    public ComposeAddressing? Ipam { get; set; }
}

internal sealed class ComposeAddressing
{
    public List<Dictionary<string, string>> Config { get; set; } = [];
}
