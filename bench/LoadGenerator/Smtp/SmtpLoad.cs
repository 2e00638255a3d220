using System.Diagnostics;
using Orleans.Mail.LoadGenerator.Measuring;

namespace Orleans.Mail.LoadGenerator.Smtp;

/// <summary>A run of the SMTP load: shares the messages out among connections and sums up what came of them.</summary>
internal sealed class SmtpLoad(SmtpLoadOptions options)
{
    private const int FailedConnectionsAtMost = 100;

    private readonly Lock gate = new();
    private int reserved;
    private int begun;
    private int accepted;
    private int rejected;
    private int connections;
    private int failedConnections;
    private long lastAccepted;

    public SmtpLoadOptions Options => options;

    public LoadMessage Message { get; } = new(options);

    public SmtpLogin Login { get; } = new(options);

    public ErrorLog Errors { get; } = new();

    public LatencySamples EndOfData { get; } = new();

    public LatencySamples Transaction { get; } = new();

    public LatencySamples Banner { get; } = new();

    public async Task<Report> RunAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(options.Limit);
        var started = lastAccepted = Stopwatch.GetTimestamp();
        var slots = new Task[options.Connections];
        for (var i = 0; i < slots.Length; i++)
            slots[i] = new SmtpSlot(this).RunAsync(limit.Token);
        await Task.WhenAll(slots);
        return Summarise(started, limit.IsCancellationRequested);
    }

    /// <summary>Reserves messages for a new connection; 0 when there is nothing left to do.</summary>
    public int ReserveConnection()
    {
        lock (gate)
        {
            if (failedConnections >= FailedConnectionsAtMost)
                return 0;
            var quota = Math.Min(options.PerConnection, options.Messages - reserved);
            reserved += quota;
            connections += quota > 0 ? 1 : 0;
            return quota;
        }
    }

    /// <summary>Gives back what a connection reserved and never began.</summary>
    public void Release(int quota)
    {
        lock (gate)
            reserved -= quota;
    }

    /// <summary>The number of the next message: messages that are under way together go to different users.</summary>
    public int BeginMessage()
    {
        lock (gate)
            return begun++;
    }

    public void CountAccepted(long begin, long endOfData, long reply)
    {
        EndOfData.Add(endOfData, reply);
        Transaction.Add(begin, reply);
        lock (gate)
        {
            accepted++;
            lastAccepted = reply;
        }
    }

    public void CountRejected()
    {
        lock (gate)
            rejected++;
    }

    public void CountFailedConnection()
    {
        lock (gate)
            failedConnections++;
    }

    private Report Summarise(long started, bool timedOut)
    {
        var seconds = Stopwatch.GetElapsedTime(started, lastAccepted).TotalSeconds;
        var report = new Report("smtp") { Succeeded = Errors.Count == 0 && accepted == options.Messages };
        report.Add("connections", options.Connections);
        report.Add("per_connection", options.PerConnection);
        report.Add("size", options.Size);
        report.Add("messages", options.Messages);
        report.Add("accepted", accepted);
        report.Add("rejected", rejected);
        report.Add("errors", Errors.Count);
        report.Add("timed_out", timedOut ? 1 : 0);
        report.Add("connections_opened", connections);
        report.Add("seconds", seconds, 3);
        report.Add("msgs_per_s", seconds > 0 ? accepted / seconds : 0, 1);
        EndOfData.Report("eod", report);
        Transaction.Report("tx", report);
        Banner.Report("banner", report);
        report.AddOwnCost();
        return report;
    }
}
