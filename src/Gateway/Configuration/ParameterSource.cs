using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.CommandLine;
using Microsoft.Extensions.Configuration.EnvironmentVariables;

namespace Orleans.Mail.Gateway.Configuration;

/// <summary>A value and where it came from.</summary>
/// <param name="Value">As it was set; empty counts as not set.</param>
/// <param name="Origin">default, the file's name, environment or command line.</param>
public readonly record struct ParameterSource(string Value, string Origin)
{
    public const string Default = "default";

    /// <summary>Looks a parameter up, in all its spellings; the last source that has any of them wins. Null when none has.</summary>
    public static ParameterSource? Find(IConfiguration configuration, string name)
    {
        var parameter = ParameterTable.Find(name);
        string[] spellings = parameter is null ? [name] : parameter.Spelling is { } other ? [parameter.Name, other] : [parameter.Name];
        if (configuration is IConfigurationRoot root)
            return Find(root, spellings);
        return spellings.Select(spelling => configuration[spelling]).FirstOrDefault(value => value is not null) is { } found
            ? new(found, Default)
            : null;
    }

    private static ParameterSource? Find(IConfigurationRoot root, string[] spellings)
    {
        foreach (var provider in root.Providers.Reverse())
        {
            foreach (var spelling in spellings)
            {
                if (!provider.TryGet(spelling, out var value) || value is null)
                    continue;
                return provider is ChainedConfigurationProvider { Configuration: IConfigurationRoot inner }
                    ? Find(inner, spellings)
                    : new(value, OriginOf(provider));
            }
        }

        return null;
    }

    private static string OriginOf(IConfigurationProvider provider) => provider switch
    {
        ExtremailConfProvider => ExtremailConf.FileName,
        FileConfigurationProvider file => Path.GetFileName(file.Source.Path ?? "file"),
        EnvironmentVariablesConfigurationProvider => "environment",
        CommandLineConfigurationProvider => "command line",
        _ => "program",
    };
}
