using Microsoft.Extensions.DependencyInjection;
using Orleans.Mail.Gateway.Configuration;

namespace Orleans.Mail.Gateway.Manage;

/// <summary>Registers the management protocol.</summary>
public static class ManagementServices
{
    /// <summary>
    /// Adds <see cref="ManagementConnectionHandler"/> and what it needs, the guard and the warnings of the configuration.
    /// Call it after the cluster client was added: the guard asks the cluster when it starts.
    /// </summary>
    public static IServiceCollection AddManagement(this IServiceCollection services, ManagementOptions options) => services
        .AddSingleton(options)
        .AddSingleton<ParameterReport>()
        .AddSingleton<ManagementAccess>()
        .AddSingleton<OperatorWarnings>()
        .AddSingleton<UserCommands>()
        .AddSingleton<DomainCommands>()
        .AddSingleton<AliasCommands>()
        .AddSingleton<ListCommands>()
        .AddSingleton<MemberCommands>()
        .AddSingleton<DenyCommands>()
        .AddSingleton<QueueCommands>()
        .AddSingleton<TraceCommands>()
        .AddSingleton<DnsCommands>()
        .AddSingleton<ConnectionCommands>()
        .AddSingleton<StatusCommands>()
        .AddSingleton<ConfigurationCommands>()
        .AddSingleton<StoreCommands>()
        .AddSingleton<BlockCommands>()
        .AddSingleton<ProtocolTraceCommands>()
        .AddSingleton<ManagementCommands>()
        .AddSingleton<ManagementConnectionHandler>()
        .AddHostedService<ConfigurationWarnings>()
        .AddHostedService<ManagementGuard>()
        .AddHostedService<StartupWarnings>();
}
