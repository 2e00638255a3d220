using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Orleans.Mail.Gateway.Configuration;
using Orleans.Mail.Gateway.Hosting;
using Orleans.Mail.Storage.Tracing;

namespace Orleans.Mail.Gateway.Telemetry;

/// <summary>What is measured and traced, and who gets it. What nobody asked for is not even counted.</summary>
public static class MailTelemetryExtensions
{
    private const string Collector = "OTEL_EXPORTER_OTLP_ENDPOINT";

    // Orleans takes every grain whose namespace begins with its own name, as ours do, for one of the runtime's.
    private const string GrainCalls = "Microsoft.Orleans.Runtime";

    // All seconds that we measure lie between a memory access and the longest time limit of a call.
    private static readonly ExplicitBucketHistogramConfiguration Seconds = new()
    {
        Boundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    };

    private static readonly ExplicitBucketHistogramConfiguration Counts = new() { Boundaries = [1, 2, 5, 10, 20, 50, 100, 200] };

    /// <summary>Whether traces are sent anywhere: then silo and client builders need AddActivityPropagation, too.</summary>
    public static bool IsTraced(Parameters parameters) => parameters.Find(Collector) is not null;

    /// <summary>Collects the figures of this process, of Orleans and of the runtime for Prometheus.</summary>
    internal static IServiceCollection AddMailMetrics(this IServiceCollection services)
    {
        services.AddTelemetry().WithMetrics(metrics => metrics
            .AddMeter("mail.*", "Microsoft.Orleans", "System.Runtime")
            .AddView(BucketsOf)
            .AddPrometheusExporter());
        return services;
    }

    /// <summary>Sends traces to the collector, when there is one (OTLP; its other OTEL_ variables hold too).</summary>
    internal static IServiceCollection AddMailTracing(this IServiceCollection services, Parameters parameters)
    {
        if (!IsTraced(parameters))
            return services;
        services.AddTelemetry().WithTracing(traces => traces.AddSource("mail.*", GrainCalls).AddOtlpExporter());
        return services.AddStoreTracing();
    }

    // Orleans' own instruments keep theirs.
    private static MetricStreamConfiguration? BucketsOf(Instrument instrument) =>
        instrument is not (Histogram<double> or Histogram<int> or Histogram<long>) || !instrument.Name.StartsWith("mail.", StringComparison.Ordinal) ? null
        : instrument.Unit == "s" ? Seconds
        : Counts;

    // What the environment says of the service (OTEL_SERVICE_NAME, OTEL_RESOURCE_ATTRIBUTES) wins.
    private static OpenTelemetryBuilder AddTelemetry(this IServiceCollection services) =>
        services.AddOpenTelemetry().ConfigureResource(static resource => resource
            .AddService("orleans-mail", serviceVersion: Product.Version, autoGenerateServiceInstanceId: false, serviceInstanceId: $"{Environment.MachineName}/{Environment.ProcessId}")
            .AddEnvironmentVariableDetector());
}
