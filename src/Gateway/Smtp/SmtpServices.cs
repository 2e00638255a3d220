using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Orleans.Mail.Gateway.Cluster;
using Orleans.Mail.Gateway.Footers;
using Orleans.Mail.Gateway.Hosting;
using Orleans.Mail.Gateway.Logins;
using Orleans.Mail.Protocols.Smtp;
using Orleans.Mail.Storage;

namespace Orleans.Mail.Gateway.Smtp;

/// <summary>What all SMTP sessions of a gateway share.</summary>
internal sealed class SmtpServices(
    SmtpOptions options,
    GatewayOptions gateway,
    Perimeter perimeter,
    LoginService logins,
    LoginOptions loginOptions,
    SenderResolver senders,
    OwnSenders ownSenders,
    RecipientResolver recipients,
    FooterStage footers,
    MailRequests requests,
    MessageSubmitter submitter,
    IBodyStore bodies,
    GatewayCounters counters,
    RecentMessages recent,
    SmtpMetrics metrics,
    TimeProvider time,
    ILogger logger)
{
    private readonly ConcurrentDictionary<(string Mechanisms, bool StartTls), SmtpReply> extensions = new();

    public SmtpOptions Options { get; } = options;

    public string Host { get; } = gateway.HostName;

    public Perimeter Perimeter { get; } = perimeter;

    public LoginService Logins { get; } = logins;

    public LoginOptions LoginOptions { get; } = loginOptions;

    public AuthOffers Offers { get; } = new(loginOptions, perimeter);

    public SenderResolver Senders { get; } = senders;

    public OwnSenders OwnSenders { get; } = ownSenders;

    public RecipientResolver Recipients { get; } = recipients;

    public FooterStage Footers { get; } = footers;

    public MailRequests Requests { get; } = requests;

    public MessageSubmitter Submitter { get; } = submitter;

    public IBodyStore Bodies { get; } = bodies;

    public GatewayCounters Counters { get; } = counters;

    /// <summary>What MSG TRACE asks.</summary>
    public RecentMessages Recent { get; } = recent;

    public SmtpMetrics Metrics { get; } = metrics;

    public TimeProvider Time { get; } = time;

    public ILogger Logger { get; } = logger;

    /// <summary>Octets of a message that are taken at most.</summary>
    public long MaxMessageSize { get; } = options.MaxMessageSize == 0 ? long.MaxValue : options.MaxMessageSize;

    public SmtpReply Hello { get; } = SmtpReplies.Hello(gateway.HostName);

    /// <summary>EHLO's answer; it is made once for each offer.</summary>
    /// <param name="offer">What AUTH may be used with.</param>
    /// <param name="startTls">Whether STARTTLS may be said.</param>
    public SmtpReply ExtensionsFor(AuthOffer offer, bool startTls) => extensions.GetOrAdd(
        (offer.Names, startTls),
        static (offered, self) => SmtpReplies.Extensions(
            self.Host, self.Options.MaxMessageSize, self.Options.MaxRecipients, self.Options.MaxMessages, offered.StartTls, offered.Mechanisms),
        this);

    public SmtpReply Greet() => SmtpReplies.Greeting(Host, Product.Version, InternetDate.Format(Time.GetUtcNow()));
}
