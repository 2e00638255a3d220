using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Mail.Grains;

namespace Orleans.Mail.Relay;

/// <summary>Registers destinations and DNS.</summary>
internal static class DestinationExtensions
{
    /// <summary>Adds <see cref="IRelay"/> and <see cref="IMailDns"/>; the sender is another's part.</summary>
    public static IServiceCollection AddDestinations(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<NameServers>();
        services.AddSingleton<DnsQuestions>();
        services.AddSingleton<MailDns>();
        services.AddSingleton<IMailDns>(static provider => provider.GetRequiredService<MailDns>());
        services.AddSingleton<IHostDns>(static provider => provider.GetRequiredService<MailDns>());
        services.AddSingleton<OwnHosts>();
        services.AddSingleton<DenyOut>();
        services.AddSingleton<DomainRoutes>();
        services.AddSingleton<PlaceTable>();
        services.AddSingleton<IRelay, OutboundRelay>();
        services.AddOptions<DnsOptions>()
            .Validate(static options => options.TimeLimit > TimeSpan.Zero && options.FirstWait > TimeSpan.Zero, "DnsOptions: TimeLimit and FirstWait must be positive")
            .ValidateOnStart();
        services.AddOptions<DestinationOptions>()
            .Validate(static options => options is { MaxConnections: > 0, MaxConnectionsPerDestination: > 0, FirstConnections: > 0, MaxMessagesPerMinute: >= 0 }, "DestinationOptions: the numbers of connections must be positive, that of messages not negative")
            .ValidateOnStart();
        return services;
    }
}
