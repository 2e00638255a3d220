using Microsoft.Extensions.Logging;
using Orleans.Mail.Gateway.Abuse;
using Orleans.Mail.Gateway.Cluster;
using Orleans.Mail.Gateway.Domains;
using Orleans.Mail.Gateway.Footers;
using Orleans.Mail.Gateway.Hosting;
using Orleans.Mail.Gateway.Logins;
using Orleans.Mail.Gateway.Tls;
using Orleans.Mail.Protocols.Smtp;
using Orleans.Mail.Storage;

namespace Orleans.Mail.Gateway.Smtp;

/// <summary>Takes mail in over SMTP (RFC 5321).</summary>
public sealed class SmtpConnectionHandler : PublicConnectionHandler
{
    private readonly SmtpServices services;

    public SmtpConnectionHandler(
        ClientConnections connections,
        ServerCertificates certificates,
        GatewayOptions gateway,
        Perimeter perimeter,
        SmtpOptions options,
        LoginService logins,
        LoginOptions loginOptions,
        DomainDirectory domains,
        IGrainFactory grains,
        IBodyStore bodies,
        GatewayCounters counters,
        RecentMessages recent,
        SmtpMetrics metrics,
        ClientLog log,
        TimeProvider time,
        ILogger<SmtpConnectionHandler> logger)
        : base(ProtocolKind.Smtp, connections, certificates, gateway, perimeter, log, time, logger)
    {
        var senders = new SenderResolver(domains, grains, logger);
        var ownSenders = new OwnSenders(domains, grains, options, logger);
        var routers = new Routers(grains);
        var recipients = new RecipientResolver(domains, perimeter.Denied, routers, options, logger);
        var footers = new FooterStage(domains, bodies, logger);
        var submitter = new MessageSubmitter(routers, bodies, logger);
        services = new SmtpServices(
            options, gateway, perimeter, logins, loginOptions, senders, ownSenders, recipients, footers, new MailRequests(domains), submitter, bodies, counters, recent, metrics, time, logger);
    }

    protected override ReadOnlyMemory<byte> TooManyConnections => SmtpReplies.TooManyConnections.Memory;

    protected override ReadOnlyMemory<byte> Stopping => SmtpReplies.Stopping.Memory;

    protected override ReadOnlyMemory<byte> AddressDenied => SmtpReplies.AddressDenied.Memory;

    protected override ReadOnlyMemory<byte> AddressBlocked => SmtpReplies.AddressBlocked.Memory;

    protected override Task RunSessionAsync(ClientConnection connection) => new SmtpSession(connection, services).RunAsync();
}
