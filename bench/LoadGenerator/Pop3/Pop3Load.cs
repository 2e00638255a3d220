using System.Diagnostics;
using Orleans.Mail.LoadGenerator.Measuring;

namespace Orleans.Mail.LoadGenerator.Pop3;

/// <summary>A run of the POP3 load: shares the sessions out among connections and sums up what came of them.</summary>
internal sealed class Pop3Load(Pop3LoadOptions options)
{
    private const int FailedSessionsAtMost = 100;

    private readonly Lock gate = new();
    private readonly Queue<int> idleUsers = new(Enumerable.Range(options.FirstUser, options.Users));
    private readonly int connections = Math.Min(options.Connections, options.Users);
    private int begun;
    private int done;
    private int failed;
    private long listed;
    private long retrieved;
    private long deleted;
    private long octets;
    private long lastDone;

    public Pop3LoadOptions Options => options;

    public ErrorLog Errors { get; } = new();

    public LatencySamples Session { get; } = new();

    public LatencySamples Login { get; } = new();

    public LatencySamples Stat { get; } = new();

    public LatencySamples Uidl { get; } = new();

    public LatencySamples Retr { get; } = new();

    public LatencySamples Quit { get; } = new();

    public async Task<Report> RunAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(options.Limit);
        var started = lastDone = Stopwatch.GetTimestamp();
        var slots = new Task[connections];
        for (var i = 0; i < slots.Length; i++)
            slots[i] = new Pop3Slot(this).RunAsync(limit.Token);
        await Task.WhenAll(slots);
        return Summarise(started, limit.IsCancellationRequested);
    }

    /// <summary>Whether there is another session to run, and whose: the user that has waited longest, so that none has two at a time.</summary>
    public bool BeginSession(out int user)
    {
        lock (gate)
        {
            user = 0;
            if (begun == options.Sessions || failed >= FailedSessionsAtMost)
                return false;
            begun++;
            user = idleUsers.Dequeue();
            return true;
        }
    }

    public void EndSession(int user)
    {
        lock (gate)
            idleUsers.Enqueue(user);
    }

    public void CountListed(long messages)
    {
        lock (gate)
            listed += messages;
    }

    public void CountRetrieved(long messageOctets)
    {
        lock (gate)
        {
            retrieved++;
            octets += messageOctets;
        }
    }

    public void CountDeleted()
    {
        lock (gate)
            deleted++;
    }

    public void CountDone(long opened, long closed)
    {
        Session.Add(opened, closed);
        lock (gate)
        {
            done++;
            lastDone = closed;
        }
    }

    public void CountFailed()
    {
        lock (gate)
            failed++;
    }

    private Report Summarise(long started, bool timedOut)
    {
        var seconds = Math.Max(Stopwatch.GetElapsedTime(started, lastDone).TotalSeconds, 1e-6);
        var report = new Report("pop3") { Succeeded = Errors.Count == 0 && done == options.Sessions };
        report.Add("connections", connections);
        report.Add("sessions", done);
        report.Add("errors", Errors.Count);
        report.Add("timed_out", timedOut ? 1 : 0);
        report.Add("seconds", seconds, 3);
        report.Add("sessions_per_s", done / seconds, 1);
        report.Add("stat_total", listed);
        report.Add("retrieved", retrieved);
        report.Add("deleted", deleted);
        report.Add("retr_per_s", retrieved / seconds, 1);
        report.Add("mb_per_s", octets / seconds / 1e6, 2);
        Session.Report("session", report);
        Login.Report("login", report);
        Stat.Report("stat", report);
        Uidl.Report("uidl", report);
        Retr.Report("retr", report);
        Quit.Report("quit", report);
        report.AddOwnCost();
        return report;
    }
}
