using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Mail.Relay.Connections;
using Orleans.Mail.Relay.Sending;

namespace Orleans.Mail.Relay;

public static class MailRelayExtensions
{
    /// <summary>Adds the way to other hosts, for a host that has a body store.</summary>
    public static IServiceCollection AddMailRelay(this IServiceCollection services, RelayOptions options)
    {
        services.TryAddSingleton(TimeProvider.System);
        return services.AddSending(options);
    }

    internal static IServiceCollection AddSending(this IServiceCollection services, RelayOptions options) => services
        .AddSingleton(options)
        .AddSingleton<RelayMetrics>()
        .AddSingleton<Connector>()
        .AddSingleton<ConnectionPool>()
        .AddSingleton<SevenBitConverter>()
        .AddSingleton<IMessageSender, MessageSender>();
}
