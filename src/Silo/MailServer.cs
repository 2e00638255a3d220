using System.Net;
using Orleans.Mail.Gateway;
using Orleans.Mail.Gateway.Cluster;
using Orleans.Mail.Gateway.Configuration;
using Orleans.Mail.Gateway.Health;
using Orleans.Mail.Gateway.Hosting;
using Orleans.Mail.Gateway.Logging;
using Orleans.Mail.Gateway.Telemetry;
using Orleans.Mail.Relay;

namespace Orleans.Mail.Silo;

/// <summary>The composition root: one process that is silo, store and gateway at once (embedded mode).</summary>
public sealed class MailServer : IAsyncDisposable
{
    private readonly WebApplication application;
    private readonly ServerFiles files;
    private PidFile? pid;

    private MailServer(WebApplication application, ServerFiles files)
    {
        this.application = application;
        this.files = files;
    }

    /// <summary>Builds the server from its configuration. Throws <see cref="ParameterException"/> at the first value that is not allowed.</summary>
    /// <param name="arguments">The command line: <c>--NAME=value</c>.</param>
    /// <param name="customize">Changes the services at the end; tests put faults in.</param>
    public static MailServer Build(string[] arguments, Action<IServiceCollection>? customize = null)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = arguments, ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.AddExtremailConf();
        var parameters = new Parameters(builder.Configuration);
        var storage = StorageSettings.From(parameters);

        builder.Logging.AddMailLog(MailLogOptions.From(parameters, storage.Folder));
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(28));
        storage.AddTo(builder.Services);
        builder.Host.UseOrleans(silo =>
        {
            silo.AddEmbeddedSilo(SiloOptions.From(parameters));
            if (MailTelemetryExtensions.IsTraced(parameters))
                silo.AddActivityPropagation();
        });
        builder.Services.AddMailGrains(parameters);
        builder.Services.AddMailRelay(RelaySettings.From(parameters, builder.Environment.IsDevelopment()));
        builder.Services.AddMailDestinations(parameters, builder.Environment.IsDevelopment());
        builder.Services.AddSingleton<SiloReporter>().AddHostedService(provider => provider.GetRequiredService<SiloReporter>()).AddReadinessCheck<SiloReporter>();
        builder.AddMailGateway(parameters);
        builder.AddMailHealth(parameters);
        customize?.Invoke(builder.Services);
        return new MailServer(builder.Build(), ServerFiles.From(parameters));
    }

    /// <summary>Returns when every port answers and mail can be accepted; FILE_PID says so, too.</summary>
    public async Task StartAsync()
    {
        await application.StartAsync();
        await application.Services.GetRequiredService<GatewayReadiness>().WaitAsync(application.Lifetime.ApplicationStopping);
        pid = PidFile.Write(files.Pid);
    }

    /// <summary>The line that says where the server answers.</summary>
    public string ReadyLine() => application.Services.GetRequiredService<GatewayEndpoints>().ReadyLine();

    /// <summary>Where the <c>smtp</c>, <c>pop3</c> or <c>management</c> port is bound.</summary>
    public IPEndPoint Endpoint(string name) => application.Services.GetRequiredService<GatewayEndpoints>().Endpoint(name);

    public Task WaitForShutdownAsync() => application.WaitForShutdownAsync();

    /// <summary>Stops in order, if that has not been done yet, and frees the store.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!application.Lifetime.ApplicationStopped.IsCancellationRequested)
            await application.StopAsync();
        await application.DisposeAsync();
        pid?.Dispose();
    }
}
