using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Mail.Storage;

namespace Orleans.Mail.Grains;

/// <summary>What every shard of the queue needs.</summary>
internal sealed class QueueServices(
    SettledRows rows,
    BodyHolders holders,
    StoreDeadline deadline,
    QueueAttempts attempts,
    QueueOutcomes outcomes,
    DomainCopies domains,
    IActiveSilos silos,
    QueueMetrics metrics,
    ReportMetrics reportMetrics,
    IOptions<QueueOptions> options,
    TimeProvider time,
    IServiceProvider services,
    ILoggerFactory loggers)
{
    // These need the queue themselves, or are not there where nothing is sent.
    private readonly Lazy<IRelay?> relay = new(services.GetService<IRelay>);
    private readonly Lazy<IDeliveryReports?> reports = new(services.GetService<IDeliveryReports>);
    private readonly Lazy<LocalReroute> reroute = new(services.GetRequiredService<LocalReroute>);

    public SettledRows Rows => rows;

    public BodyHolders Holders => holders;

    public StoreDeadline Deadline => deadline;

    public QueueAttempts Attempts => attempts;

    public QueueOutcomes Outcomes => outcomes;

    public DomainCopies Domains => domains;

    public IActiveSilos Silos => silos;

    public QueueMetrics Metrics => metrics;

    public ReportMetrics ReportMetrics => reportMetrics;

    public QueueOptions Options { get; } = options.Value;

    public TimeProvider Time => time;

    /// <summary>The way to other hosts; null in a process that sends nothing.</summary>
    public IRelay? Relay => relay.Value;

    /// <summary>Null in a process that reports nothing.</summary>
    public IDeliveryReports? Reports => reports.Value;

    public LocalReroute Reroute => reroute.Value;

    public ILogger<QueueShard> Logger { get; } = loggers.CreateLogger<QueueShard>();
}
