using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Mail.Gateway.Hosting;

namespace Orleans.Mail.Gateway.Health;

/// <summary>
/// HTTP for those who watch the process. A server of its own: it answers before the others start, which may wait for
/// the cluster, and until they all have stopped, so that a drain can be seen.
/// </summary>
internal sealed class HealthServer : IHostedLifecycleService, IDisposable
{
    private readonly KestrelServer server;
    private readonly RequestDelegate pipeline;
    private readonly ProcessHealth health;
    private readonly GatewayEndpoints endpoints;
    private ListenOptions? listener;

    public HealthServer(HealthOptions options, ProcessHealth health, GatewayEndpoints endpoints, IServiceProvider services, ILoggerFactory loggers)
    {
        this.health = health;
        this.endpoints = endpoints;
        var kestrel = new KestrelServerOptions { AddServerHeader = false };
        kestrel.Limits.MaxConcurrentConnections = 100;
        kestrel.Limits.MaxRequestBodySize = 0;
        if (options.Bind.Equals(IPAddress.Any))
            kestrel.ListenAnyIP(options.Port!.Value, Configure);
        else
            kestrel.Listen(options.Bind, options.Port!.Value, Configure);
        server = new KestrelServer(Options.Create(kestrel), new SocketTransportFactory(Options.Create(new SocketTransportOptions()), loggers), loggers);

        var application = new ApplicationBuilder(services);
        application.UseOpenTelemetryPrometheusScrapingEndpoint(HealthOptions.MetricsPath);
        application.Run(AnswerAsync);
        pipeline = application.Build();
    }

    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        await server.StartAsync(new Application(pipeline), cancellationToken);
        endpoints.Add(GatewayEndpoints.Health, listener!.IPEndPoint!);
    }

    public Task StoppedAsync(CancellationToken cancellationToken) => server.StopAsync(cancellationToken);

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => server.Dispose();

    private void Configure(ListenOptions options)
    {
        options.Protocols = HttpProtocols.Http1;
        listener = options;
    }

    private Task AnswerAsync(HttpContext context)
    {
        if (!HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method))
            return AnswerAsync(context, StatusCodes.Status405MethodNotAllowed, "GET only");
        switch (context.Request.Path.Value)
        {
            case HealthOptions.LivePath:
                return AnswerAsync(context, StatusCodes.Status200OK, "live"); // that it is answered is the answer
            case HealthOptions.ReadyPath:
                var troubles = health.Troubles();
                return troubles.Count == 0
                    ? AnswerAsync(context, StatusCodes.Status200OK, "ready")
                    : AnswerAsync(context, StatusCodes.Status503ServiceUnavailable, string.Join('\n', troubles));
            default:
                return AnswerAsync(context, StatusCodes.Status404NotFound, $"{HealthOptions.LivePath}, {HealthOptions.ReadyPath} or {HealthOptions.MetricsPath}");
        }
    }

    private static Task AnswerAsync(HttpContext context, int status, string text)
    {
        var body = Encoding.UTF8.GetBytes(text + "\n");
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        context.Response.ContentLength = body.Length;
        return HttpMethods.IsHead(context.Request.Method) ? Task.CompletedTask : context.Response.Body.WriteAsync(body, 0, body.Length);
    }

    private sealed class Application(RequestDelegate pipeline) : IHttpApplication<HttpContext>
    {
        public HttpContext CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

        public Task ProcessRequestAsync(HttpContext context) => pipeline(context);

        public void DisposeContext(HttpContext context, Exception? exception)
        {
            // Nothing is kept from request to request.
        }
    }
}
