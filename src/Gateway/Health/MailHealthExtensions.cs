using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Mail.Gateway.Configuration;
using Orleans.Mail.Gateway.Telemetry;

namespace Orleans.Mail.Gateway.Health;

public static class MailHealthExtensions
{
    /// <summary>
    /// Adds <c>/health/live</c>, <c>/health/ready</c> and <c>/metrics</c> on Health:Port, and traces when a collector is named.
    /// The store and a <see cref="Hosting.GatewayEndpoints"/> must have been added before.
    /// </summary>
    public static WebApplicationBuilder AddMailHealth(this WebApplicationBuilder builder, Parameters parameters)
    {
        var options = HealthOptions.From(parameters, builder.Environment.IsDevelopment());
        builder.Services.AddMailTracing(parameters);
        if (options.Port is null)
            return builder;
        builder.Services.AddMailMetrics();
        builder.Services.AddSingleton(options).AddSingleton<ProcessHealth>();
        builder.Services.Insert(0, ServiceDescriptor.Singleton<IHostedService, HealthServer>()); // starts first and stops last
        return builder;
    }

    /// <summary>Adds a singleton that runs with the host to what readiness depends on.</summary>
    public static IServiceCollection AddReadinessCheck<T>(this IServiceCollection services)
        where T : class, IReadinessCheck => services.AddSingleton<IReadinessCheck>(provider => provider.GetRequiredService<T>());
}
