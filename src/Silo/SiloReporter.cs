using Orleans.Mail.Gateway.Cluster;
using Orleans.Mail.Gateway.Health;
using Orleans.Mail.Grains;

namespace Orleans.Mail.Silo;

/// <summary>Reports to the cluster what this process sent to other hosts: for STATUS, beside what gateways report of mail that came.</summary>
internal sealed partial class SiloReporter(
    IGrainFactory grains, IRelay relay, ProcessName name, IServiceProviderIsService services, TimeProvider time, ILogger<SiloReporter> logger) : BackgroundService, IReadinessCheck
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(2);

    private readonly DateTimeOffset started = time.GetUtcNow();
    private long answered = time.GetTimestamp();

    public string? Trouble =>
        time.GetElapsedTime(Volatile.Read(ref answered)) is var silence && silence > ClusterLink.SilenceLimit ? $"the cluster has not answered for {silence.TotalSeconds:F0} s" : null;

    // A gateway in the same process counts its threads.
    private readonly bool isAlone = !services.IsService(typeof(ClusterLink));

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        do
        {
            try
            {
                await grains.GetGrain<IClusterGrain>(IClusterGrain.TheKey).ReportAsync(Report());
                Volatile.Write(ref answered, time.GetTimestamp());
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                LogUnreported(failure); // the next beat tries again
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private ProcessReport Report() => new()
    {
        Process = $"silo {name.Value}",
        Started = started,
        MailsSent = relay.Usage.Sent,
        SmtpOutConnections = relay.Usage.Connections,
        Threads = isAlone ? ThreadPool.ThreadCount : 0,
    };

    [LoggerMessage(11, LogLevel.Warning, "the cluster does not hear what this process sends")]
    private partial void LogUnreported(Exception failure);
}
