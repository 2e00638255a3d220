using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.Json;

namespace Orleans.Mail.Gateway.Configuration;

/// <summary>The manual's configuration file as a source of the configuration.</summary>
public static class ExtremailConf
{
    /// <summary>The file in the working folder that is read when nothing else is said.</summary>
    public const string FileName = "eXtremail.conf";

    /// <summary>Says where the file is.</summary>
    public const string PathVariable = "EXTREMAIL_CONF";

    /// <summary>
    /// Adds the file after the appsettings files and before environment and command line. Throws
    /// <see cref="ParameterException"/> when it is malformed, or was named and is missing.
    /// </summary>
    /// <param name="builder">The configuration.</param>
    /// <param name="path">The file; null = <see cref="PathVariable"/>, else <see cref="FileName"/> in the working folder if it exists.</param>
    public static IConfigurationBuilder AddExtremailConf(this IConfigurationBuilder builder, string? path = null)
    {
        var named = path ?? (builder as IConfiguration)?[PathVariable] ?? Environment.GetEnvironmentVariable(PathVariable);
        var isNamed = !string.IsNullOrEmpty(named);
        var source = new ExtremailConfSource(Path.GetFullPath(isNamed ? named! : FileName), Optional: !isNamed);
        var lastFile = builder.Sources.Select((other, index) => other is JsonConfigurationSource ? index : -1).DefaultIfEmpty(-1).Max();
        builder.Sources.Insert(lastFile + 1, source);
        return builder;
    }

    /// <summary>The names in the file that are no parameters: worth a warning at start.</summary>
    public static IReadOnlyList<string> UnknownNames(IConfiguration configuration) =>
        configuration is IConfigurationRoot root ? [.. root.Providers.OfType<ExtremailConfProvider>().SelectMany(provider => provider.UnknownNames)] : [];
}

/// <param name="Path">The file.</param>
/// <param name="Optional">Whether it may be missing.</param>
internal sealed record ExtremailConfSource(string Path, bool Optional) : IConfigurationSource
{
    public IConfigurationProvider Build(IConfigurationBuilder builder) => new ExtremailConfProvider(this);
}
