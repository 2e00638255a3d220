using DnsClient;
using Microsoft.Extensions.Options;

namespace Orleans.Mail.Relay;

/// <summary>Whom to ask: those of the configuration, or the system's, read again now and then since they change with the network.</summary>
internal sealed class NameServers(IOptions<DnsOptions> options, TimeProvider time)
{
    private static readonly TimeSpan Age = TimeSpan.FromMinutes(1);

    private readonly NameServer[] configured = [.. options.Value.Servers.Select(static server => new NameServer(server))];
    private Copy? system;

    public IReadOnlyList<NameServer> Current
    {
        get
        {
            if (configured.Length > 0)
                return configured;
            var copy = system;
            if (copy is null || time.GetElapsedTime(copy.Read) > Age)
                system = copy = new Copy([.. NameServer.ResolveNameServers(skipIPv6SiteLocal: true, fallbackToGooglePublicDns: false)], time.GetTimestamp());
            return copy.Servers;
        }
    }

    private sealed record Copy(IReadOnlyList<NameServer> Servers, long Read);
}
