using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Mail.Gateway.Abuse;
using Orleans.Mail.Gateway.Deny;
using Orleans.Mail.Gateway.Domains;
using Orleans.Mail.Gateway.Health;
using Orleans.Mail.Gateway.Hosting;
using Orleans.Mail.Storage;

namespace Orleans.Mail.Gateway.Cluster;

/// <summary>Reports this process to the cluster every <see cref="Period"/> and refreshes the leased copies that have become stale.</summary>
public sealed partial class ClusterLink(
    IGrainFactory grains,
    DomainDirectory domains,
    DenyDirectory denied,
    BlockDirectory blocks,
    TraceDirectory traces,
    GatewayObserver observer,
    ClientConnections connections,
    GatewayCounters counters,
    IBodyStore bodies,
    ProcessName name,
    ClusterSettings settings,
    TimeProvider time,
    ILogger<ClusterLink> logger) : BackgroundService, IReadinessCheck
{
    /// <summary>How old a leased copy may be.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(2);

    /// <summary>Silence of the cluster from which on this gateway is not ready: longer than the 15 s that the death of a silo may cost.</summary>
    public static readonly TimeSpan SilenceLimit = TimeSpan.FromSeconds(30);

    // A change whose announcement was lost is found at the latest after this.
    private static readonly TimeSpan Refresh = TimeSpan.FromSeconds(30);

    private readonly DateTimeOffset started = time.GetUtcNow();
    private readonly SemaphoreSlim one = new(1);
    private ClusterVersions? known;
    private long? knownTimed;
    private long refreshed;
    private long answered = time.GetTimestamp();
    private IGatewayObserver? reference;

    public string? Trouble =>
        !domains.IsLoaded ? "the cluster has not told its domains yet"
        : TroubleAfter(time.GetElapsedTime(Volatile.Read(ref answered)));

    private IClusterGrain Grain => grains.GetGrain<IClusterGrain>(IClusterGrain.TheKey);

    /// <summary>What a silence of the cluster means; null when it is nothing.</summary>
    public static string? TroubleAfter(TimeSpan silence) => silence > SilenceLimit ? $"the cluster has not answered for {silence.TotalSeconds:F0} s" : null;

    /// <summary>Reports now and refreshes now, so that whoever made a change here sees it here at once.</summary>
    public async Task SynchronizeAsync(CancellationToken cancellationToken)
    {
        await one.WaitAsync(cancellationToken);
        try
        {
            var versions = await Grain.ReportAsync(await ReportAsync(cancellationToken));
            var all = versions.Incarnation != known?.Incarnation || time.GetElapsedTime(refreshed) >= Refresh;
            // Mail is taken as soon as the domains are known: what is denied must be known by then.
            if (all || versions.Deny != known?.Deny)
                await denied.RefreshAsync();
            if (all || versions.Domains != known?.Domains)
                await domains.RefreshAsync(Grain);
            known = versions;
            Volatile.Write(ref answered, time.GetTimestamp());
            if (all)
                refreshed = time.GetTimestamp();
            if (all || versions.Timed != knownTimed)
                await RefreshTimedAsync(versions.Timed);
        }
        finally
        {
            one.Release();
        }
    }

    public override void Dispose()
    {
        one.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        do
        {
            try
            {
                await SynchronizeAsync(stoppingToken);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                LogAway(exception); // the last copy serves on; the next beat tries again
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    // What only slows strangers down is no reason to take no mail: silos of an older version have no such lists.
    private async ValueTask RefreshTimedAsync(long version)
    {
        try
        {
            await blocks.RefreshAsync();
            await traces.RefreshAsync();
            knownTimed = version;
        }
        catch (Exception exception)
        {
            knownTimed = null;
            LogTimedUnknown(exception);
        }
    }

    private async Task<ProcessReport> ReportAsync(CancellationToken cancellationToken)
    {
        return new ProcessReport
        {
            Process = name.Value,
            Started = started,
            MailsReceived = counters.MailsReceived,
            SmtpConnections = connections.Count(ProtocolKind.Smtp),
            Pop3Connections = connections.Count(ProtocolKind.Pop3),
            Threads = ThreadPool.ThreadCount,
            // What is put into a shared store waits nowhere, and asking it costs.
            TemporaryFiles = settings.IsShared ? 0 : (await bodies.ReadUsageAsync(cancellationToken)).Pending,
            // The observer lives as long as this object: the runtime itself holds it weakly.
            Gateway = reference ??= grains.CreateObjectReference<IGatewayObserver>(observer),
        };
    }

    [LoggerMessage(100, LogLevel.Warning, "the cluster does not answer; leased copies are not refreshed")]
    private partial void LogAway(Exception exception);

    [LoggerMessage(103, LogLevel.Warning, "blocks and traces could not be refreshed")]
    private partial void LogTimedUnknown(Exception exception);
}
