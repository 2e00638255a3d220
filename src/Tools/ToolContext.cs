using Microsoft.Extensions.Configuration;
using Orleans.Mail.Gateway.Configuration;
using Orleans.Mail.Gateway.Hosting;

namespace Orleans.Mail.Tools;

/// <summary>What every command works with.</summary>
/// <param name="Parameters">The server's parameters as the server would read them in this folder.</param>
/// <param name="Settings">Those of the command line, <c>--NAME=value</c>, for a server that is started.</param>
/// <param name="Output">Results.</param>
/// <param name="Error">Reasons.</param>
internal sealed record ToolContext(Parameters Parameters, IReadOnlyList<string> Settings, TextWriter Output, TextWriter Error)
{
    /// <summary>Where the server on this host keeps its files.</summary>
    public ServerFiles Files => ServerFiles.From(Parameters);

    /// <summary>Reads the parameters from the sources of SPEC 10. Throws <see cref="ParameterException"/> when one is malformed.</summary>
    public static ToolContext Create(IReadOnlyList<string> settings, TextWriter output, TextWriter error)
    {
        var environment = Environment.GetEnvironmentVariable("ASPNETCORE_ENVIRONMENT")
            ?? Environment.GetEnvironmentVariable("DOTNET_ENVIRONMENT")
            ?? "Production";
        var configuration = new ConfigurationBuilder()
            .SetBasePath(AppContext.BaseDirectory)
            .AddJsonFile("appsettings.json", optional: true)
            .AddJsonFile($"appsettings.{environment}.json", optional: true)
            .AddEnvironmentVariables()
            .AddCommandLine([.. settings])
            .AddExtremailConf();
        return new ToolContext(new Parameters(configuration.Build()), settings, output, error);
    }

    /// <summary>The folder of the embedded store, for what works on its files. Throws <see cref="ParameterException"/> when the server uses another one.</summary>
    public string EmbeddedStore => StorageSettings.From(Parameters) is { IsShared: false } storage
        ? storage.Folder
        : throw new ParameterException("this command needs the embedded store, but Storage:Provider is azure: use the management protocol of a running server, and the storage account's own means for backups.");

    /// <summary>Says why not.</summary>
    public async Task<int> RefuseAsync(string reason)
    {
        await Error.WriteLineAsync(reason);
        return ExitCode.Refused;
    }

    public async Task<int> DoneAsync(string text)
    {
        await Output.WriteLineAsync(text);
        return ExitCode.Done;
    }
}
