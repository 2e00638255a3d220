using System.Net;
using Microsoft.Extensions.Configuration;
using Orleans.Mail.Gateway.Configuration;

namespace Orleans.Mail.Gateway.Health;

/// <summary>
/// Asks the process on this machine whether it serves: <c>Orleans.Mail.Silo health</c>, for containers whose image has
/// no other program that could ask.
/// </summary>
public static class HealthProbe
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(4);

    /// <summary>Whether a command line asks for this and not for a server.</summary>
    public static bool IsAskedFor(IReadOnlyList<string> arguments) => arguments is ["health", ..];

    /// <summary>0 when it serves, else 1 and why on <paramref name="error"/>. Reads Health:Port as the server does.</summary>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, TextWriter error)
    {
        var configuration = new ConfigurationManager();
        configuration.AddEnvironmentVariables().AddCommandLine([.. arguments.Skip(1)]);
        configuration.AddExtremailConf();
        var options = HealthOptions.From(new Parameters(configuration), development: false);
        if (options.Port is not (> 0 and var port))
        {
            await error.WriteLineAsync("Health:Port is not set");
            return 1;
        }

        try
        {
            using var client = new HttpClient { Timeout = Limit };
            using var response = await client.GetAsync(new Uri($"http://{new IPEndPoint(options.Bind.Equals(IPAddress.Any) ? IPAddress.Loopback : options.Bind, port)}{HealthOptions.ReadyPath}"));
            if (response.IsSuccessStatusCode)
                return 0;
            await error.WriteAsync(await response.Content.ReadAsStringAsync());
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException)
        {
            await error.WriteLineAsync(exception.Message);
        }

        return 1;
    }
}
