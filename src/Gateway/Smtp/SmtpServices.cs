using Microsoft.Extensions.Logging;
using Orleans.Mail.Gateway.Cluster;
using Orleans.Mail.Gateway.Footers;
using Orleans.Mail.Gateway.Hosting;
using Orleans.Mail.Protocols.Smtp;
using Orleans.Mail.Storage;

namespace Orleans.Mail.Gateway.Smtp;

/// <summary>What all SMTP sessions of a gateway share.</summary>
internal sealed class SmtpServices(
    SmtpOptions options,
    GatewayOptions gateway,
    Perimeter perimeter,
    SenderResolver senders,
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
    public SmtpOptions Options { get; } = options;

    public string Host { get; } = gateway.HostName;

    public Perimeter Perimeter { get; } = perimeter;

    public SenderResolver Senders { get; } = senders;

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

    public SmtpReply Extensions { get; } =
        SmtpReplies.Extensions(gateway.HostName, options.MaxMessageSize, options.MaxRecipients, options.MaxMessages, startTls: false);

    /// <summary>Where STARTTLS may be said.</summary>
    public SmtpReply ExtensionsWithTls { get; } =
        SmtpReplies.Extensions(gateway.HostName, options.MaxMessageSize, options.MaxRecipients, options.MaxMessages, startTls: true);

    public SmtpReply Greet() => SmtpReplies.Greeting(Host, Product.Version, InternetDate.Format(Time.GetUtcNow()));
}
