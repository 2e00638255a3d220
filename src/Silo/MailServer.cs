using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Orleans.Mail.Gateway;
using Orleans.Mail.Gateway.Configuration;
using Orleans.Mail.Gateway.Health;
using Orleans.Mail.Gateway.Hosting;
using Orleans.Mail.Gateway.Telemetry;
using Orleans.Mail.Gateway.Tls;
using Orleans.Mail.Relay;

namespace Orleans.Mail.Silo;

/// <summary>
/// The composition root: a process that is a silo, and a gateway too unless it is told not to be. Alone with an embedded
/// store, or one of many that share one.
/// </summary>
public sealed class MailServer : MailProcess
{
    private MailServer(WebApplication application)
        : base(application)
    {
    }

    /// <summary>Builds the server from its configuration. Throws <see cref="ParameterException"/> at the first value that is not allowed.</summary>
    /// <param name="arguments">The command line: <c>--NAME=value</c>.</param>
    /// <param name="customize">Changes the services at the end; tests put faults in.</param>
    public static MailServer Build(string[] arguments, Action<IServiceCollection>? customize = null)
    {
        var builder = CreateBuilder(arguments, out var parameters);
        var development = builder.Environment.IsDevelopment();
        var isShared = ClusterSettings.From(parameters).IsShared;
        var options = isShared ? SiloOptions.Clustered(parameters, development) : SiloOptions.Embedded(parameters);
        StorageSettings.From(parameters).AddTo(builder.Services);
        builder.Host.UseOrleans(silo =>
        {
            _ = isShared ? silo.AddClusterSilo(options) : silo.AddEmbeddedSilo(options);
            ClusterTls.Protect(silo, ClusterTlsOptions.From(parameters));
            if (MailTelemetryExtensions.IsTraced(parameters))
                silo.AddActivityPropagation();
        });
        builder.Services.AddMailGrains(parameters);
        builder.Services.AddMailRelay(RelaySettings.From(parameters, development));
        builder.Services.AddMailDestinations(parameters, development);
        builder.Services.AddSingleton<SiloReporter>().AddHostedService(provider => provider.GetRequiredService<SiloReporter>()).AddReadinessCheck<SiloReporter>();
        if (HostsGateway(parameters, isShared))
            builder.AddMailGateway(parameters);
        else
            AddNoGateway(builder.Services, new IPEndPoint(options.Address, options.Port));
        customize?.Invoke(builder.Services);
        builder.AddMailHealth(parameters);
        return new MailServer(builder.Build());
    }

    private static bool HostsGateway(Parameters parameters, bool isShared)
    {
        var hosted = parameters.Switch("Gateway:Hosted", true);
        if (!hosted && !isShared)
            throw new ParameterException("Gateway:Hosted", "false", "true with the embedded store, which no other process can serve");
        return hosted;
    }

    private static void AddNoGateway(IServiceCollection services, IPEndPoint silo)
    {
        var endpoints = new GatewayEndpoints();
        endpoints.Add("silo", silo);
        services.AddSingleton(endpoints).AddSingleton<IServer, NoServer>();
    }
}
