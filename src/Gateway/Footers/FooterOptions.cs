using Orleans.Mail.Gateway.Configuration;

namespace Orleans.Mail.Gateway.Footers;

/// <summary>Where footers may be read from.</summary>
public sealed record FooterOptions
{
    /// <summary>Footers:Directory: the folder of the footer files. Default: none, so that no file can be named.</summary>
    public string? Directory { get; init; }

    /// <summary>Whether a footer may be any file of the host: in Development.</summary>
    public bool AnyPath { get; init; }

    public static FooterOptions From(Parameters parameters, bool development) => new()
    {
        Directory = parameters.Find("Footers:Directory") is { } folder ? Path.GetFullPath(folder) : null,
        AnyPath = development,
    };
}
