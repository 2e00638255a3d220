using System.Diagnostics;
using System.Net;
using Orleans.Mail.EndToEnd.Cluster;
using Orleans.Mail.EndToEnd.Server;

namespace Orleans.Mail.EndToEnd.Watching;

/// <summary>The same of a silo and a gateway that are processes of their own.</summary>
public sealed class ClusterTests : IAsyncDisposable
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);
    private static readonly string[] Health = ["--Health:Port=0", "--Health:Bind=127.0.0.1"];

    private readonly SharedStore store = new();
    private readonly Spans spans = new();

    public async ValueTask DisposeAsync()
    {
        await store.DisposeAsync();
        spans.Dispose();
    }

    [Fact]
    public async Task A_gateway_that_waits_for_a_silo_is_alive_and_not_ready()
    {
        var gateway = store.BuildGateway(Health);
        var starting = gateway.StartAsync();
        using var health = new HealthClient(gateway.Endpoint("health"));
        Assert.Equal((HttpStatusCode.OK, "live\n"), await health.GetAsync("/health/live"));
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "the process is starting\n"), await health.GetAsync("/health/ready"));

        var silo = await store.StartSiloAsync(Health);
        Assert.Equal($"ready: silo={silo.Endpoint("silo")} health={silo.Endpoint("health")}", silo.ReadyLine());
        using (var own = new HealthClient(silo.Endpoint("health")))
            Assert.Equal((HttpStatusCode.OK, "ready\n"), await own.GetAsync("/health/ready"));
        await starting.WaitAsync(Soon, TestContext.Current.CancellationToken);
        Assert.Equal((HttpStatusCode.OK, "ready\n"), await health.GetAsync("/health/ready"));
        Assert.Contains("\norleans_client_connected_gateways{", (await health.GetAsync("/metrics")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_trace_goes_on_in_the_silos_process()
    {
        const string Collector = "--OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:1"; // nobody is there
        await store.StartSiloAsync(Collector);
        var gateway = await store.StartGatewayAsync(Collector);
        await ServerUnderTest.ManageAsync(gateway.Endpoint("management"), "DOMAIN ADD NAME=acme.test", "USER ADD NAME=mick DOMAIN=acme.test PASS=secret");

        var id = (await Wire.SendAsync(gateway.Endpoint("smtp"), "mick@acme.test", "Subject: x\r\n\r\nx\r\n"u8.ToArray())).Split(' ')[^1];

        var data = spans.Find("smtp.data", id);
        var commit = Assert.Single(spans.Of(data.TraceId), span => span.OperationName == "store.commit");
        var path = spans.PathOf(commit).ToArray();
        Assert.Same(data, path[^1]);
        Assert.Contains(path, span => span.Kind == ActivityKind.Server && span.DisplayName.Contains("ISubmissionGrain", StringComparison.Ordinal));
    }
}
