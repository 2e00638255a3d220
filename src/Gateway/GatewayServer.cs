using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Orleans.Mail.Gateway.Cluster;
using Orleans.Mail.Gateway.Configuration;
using Orleans.Mail.Gateway.Health;
using Orleans.Mail.Gateway.Hosting;
using Orleans.Mail.Gateway.Telemetry;
using Orleans.Mail.Gateway.Tls;
using Orleans.Mail.Storage;
using ClientGatewayOptions = Orleans.Configuration.GatewayOptions;

namespace Orleans.Mail.Gateway;

/// <summary>A gateway as a process of its own: a client of a cluster's silos that finds them in the store.</summary>
public sealed class GatewayServer : MailProcess
{
    /// <summary>How soon a silo that came or went is known here. A silo that does not answer is left out for as long, and tried again.</summary>
    private static readonly TimeSpan GatewayListRefresh = TimeSpan.FromSeconds(3);

    /// <summary>For calls that name no limit of their own.</summary>
    private static readonly TimeSpan ResponseTimeout = TimeSpan.FromSeconds(10);

    private GatewayServer(WebApplication application)
        : base(application)
    {
    }

    /// <summary>Builds the gateway from its configuration. Throws <see cref="ParameterException"/> at the first value that is not allowed.</summary>
    /// <param name="arguments">The command line: <c>--NAME=value</c>.</param>
    /// <param name="customize">Changes the services at the end; tests put other stores in.</param>
    public static GatewayServer Build(string[] arguments, Action<IServiceCollection>? customize = null)
    {
        var builder = CreateBuilder(arguments, out var parameters);
        var cluster = ClusterSettings.From(parameters);
        if (!cluster.IsShared)
            throw new ParameterException("Storage:Provider", parameters.Text("Storage:Provider", "sqlite"), "azure, since a gateway of its own shares the store with the silos; the embedded store belongs to one process");

        builder.Logging.AddFilter("Orleans.Messaging.GatewayManager", LogLevel.Error); // of a cluster that is not there ClusterWait tells
        StorageSettings.From(parameters).AddTo(builder.Services);
        builder.UseOrleansClient(client =>
        {
            Configure(client, cluster);
            ClusterTls.Protect(client, ClusterTlsOptions.From(parameters));
            if (MailTelemetryExtensions.IsTraced(parameters))
                client.AddActivityPropagation();
        });
        builder.AddMailGateway(parameters);
        customize?.Invoke(builder.Services);
        builder.AddMailHealth(parameters);
        return new GatewayServer(builder.Build());
    }

    private static void Configure(IClientBuilder client, ClusterSettings cluster)
    {
        client.Configure<ClusterOptions>(options => (options.ClusterId, options.ServiceId) = (cluster.Id, cluster.Id));
        client.Configure<ClientGatewayOptions>(options => options.GatewayListRefreshPeriod = GatewayListRefresh);
        client.Configure<ClientMessagingOptions>(options => options.ResponseTimeout = ResponseTimeout);
        client.UseRowStoreClustering();
        client.UseConnectionRetryFilter<ClusterWait>();
    }
}
