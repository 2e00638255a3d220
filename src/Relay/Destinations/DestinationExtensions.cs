using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Orleans.Mail.Grains;

namespace Orleans.Mail.Relay;

/// <summary>Registers destinations and DNS.</summary>
public static class DestinationExtensions
{
    /// <summary>Adds <see cref="IRelay"/> and <see cref="IMailDns"/>; the sender is another's part.</summary>
    public static IServiceCollection AddDestinations(this IServiceCollection services, DnsOptions dns, DestinationOptions destinations)
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
        return services.AddSingleton(Options.Create(dns)).AddSingleton(Options.Create(destinations));
    }
}
