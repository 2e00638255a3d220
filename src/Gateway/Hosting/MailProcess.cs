using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Mail.Gateway.Cluster;
using Orleans.Mail.Gateway.Configuration;
using Orleans.Mail.Gateway.Health;
using Orleans.Mail.Gateway.Logging;

namespace Orleans.Mail.Gateway.Hosting;

/// <summary>What the executables share: configuration, log, the ready line, FILE_PID and an orderly end.</summary>
public abstract partial class MailProcess : IAsyncDisposable
{
    /// <summary>SPEC 10 gives 30 s; the rest is for the end of the process.</summary>
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(28);

    private readonly WebApplication application;
    private readonly ServerFiles files;
    private readonly ILogger<MailProcess> logger;
    private PidFile? pid;
    private bool disposed;

    protected MailProcess(WebApplication application)
    {
        this.application = application;
        files = application.Services.GetRequiredService<ServerFiles>();
        logger = application.Services.GetRequiredService<ILogger<MailProcess>>();
        application.Services.GetRequiredService<StartState>().Watch(application.Lifetime);
    }

    /// <summary>
    /// Runs a process to its end, or asks the one that runs (<see cref="HealthProbe"/>). Returns its exit code: 1 with
    /// one line on standard error when it cannot start.
    /// </summary>
    public static async Task<int> RunAsync(string[] arguments, Func<string[], MailProcess> build)
    {
        if (HealthProbe.IsAskedFor(arguments))
            return await HealthProbe.RunAsync(arguments, Console.Error);
        try
        {
            await using var process = build(arguments);
            if (await process.TryStartAsync())
            {
                Console.WriteLine(process.ReadyLine());
                await process.WaitForShutdownAsync();
            }

            return 0;
        }
        catch (Exception exception) when (exception is ParameterException or IOException or UnauthorizedAccessException or SocketException or OrleansException)
        {
            await Console.Error.WriteLineAsync(exception.Message);
            return 1;
        }
    }

    /// <summary>Returns when every port answers and mail can be accepted; FILE_PID says so, too.</summary>
    public async Task StartAsync()
    {
        await application.StartAsync();
        if (application.Services.GetService<GatewayReadiness>() is { } readiness)
            await readiness.WaitAsync(application.Lifetime.ApplicationStopping);
        pid = PidFile.Write(files.Pid);
    }

    /// <summary>The line that says where the process answers.</summary>
    public string ReadyLine() => application.Services.GetRequiredService<GatewayEndpoints>().ReadyLine();

    /// <summary>Where the <c>smtp</c>, <c>pop3</c> or <c>management</c> port is bound; <c>silo</c> of a silo without them.</summary>
    public IPEndPoint Endpoint(string name) => application.Services.GetRequiredService<GatewayEndpoints>().Endpoint(name);

    public Task WaitForShutdownAsync() => application.WaitForShutdownAsync();

    /// <summary>Stops in order, if that has not been done yet, and frees the store.</summary>
    public async ValueTask DisposeAsync()
    {
        if (disposed)
            return;
        disposed = true;
        if (!application.Lifetime.ApplicationStopped.IsCancellationRequested)
            await StopAsync();
        await application.DisposeAsync();
        pid?.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>A builder with what every process has.</summary>
    /// <param name="arguments">The command line: <c>--NAME=value</c>.</param>
    /// <param name="parameters">Reads the configuration.</param>
    protected static WebApplicationBuilder CreateBuilder(string[] arguments, out Parameters parameters)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = arguments, ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.AddExtremailConf();
        parameters = new Parameters(builder.Configuration);
        var files = ServerFiles.From(parameters);
        var start = new StartState();
        builder.Logging.AddMailLog(MailLogOptions.From(parameters, files.Store), start);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = ShutdownTimeout);
        builder.Services.AddSingleton(files).AddSingleton(start).AddSingleton(ClusterSettings.From(parameters)).AddSingleton<ProcessName>();
        builder.Services.TryAddSingleton(TimeProvider.System);
        return builder;
    }

    /// <summary>False when the process was told to stop before it was ready.</summary>
    private async Task<bool> TryStartAsync()
    {
        try
        {
            await StartAsync();
            return true;
        }
        catch (Exception exception) when (exception is not ParameterException && application.Lifetime.ApplicationStopping.IsCancellationRequested)
        {
            // What the stop breaks off ends in a cancellation, or in a failure of its own.
            LogStoppedEarly();
            LogBrokenOff(exception);
            return false;
        }
    }

    // A silo that is not up yet refuses to be stopped; why it is not up has been said.
    private async Task StopAsync()
    {
        try
        {
            await application.StopAsync();
        }
        catch (Exception exception) when (!application.Lifetime.ApplicationStarted.IsCancellationRequested)
        {
            LogNotStopped(exception);
        }
    }
}
