using System.Globalization;
using Orleans.Mail.Gateway.Cluster;
using Orleans.Mail.Gateway.Hosting;
using Orleans.Mail.Protocols.Manage;

namespace Orleans.Mail.Gateway.Manage;

/// <summary>STATUS: the manual's eleven lines, sums over the living processes since each started; then ours.</summary>
public sealed class StatusCommands(IGrainFactory grains, ClusterLink link, OperatorWarnings warnings, TimeProvider time)
{
    /// <summary>How long STATUS counts weak passwords: each user has to be looked at.</summary>
    private static readonly TimeSpan CountLimit = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan SynchronizeLimit = TimeSpan.FromSeconds(5);

    public async Task<ManageStatus> ShowAsync(CommandContext context)
    {
        var processes = await ReadProcessesAsync();
        var (domains, users) = await CountUsersAsync();
        WriteManualLines(context, processes, users);
        var silos = await grains.GetGrain<IManagementGrain>(0).GetHosts(onlyActive: true);
        Write(context, "Silos", silos.Count);
        Write(context, "Gateways", processes.Count(process => process.Gateway is not null));
        Write(context, "Domains", domains);
        context.WriteLine($"Weak passwords:\t{await CountWeakPasswordsAsync()}");
        var usage = await grains.GetGrain<ISweepGrain>(ISweepGrain.TheKey).ReadUsageAsync();
        Write(context, "Stored bodies", usage.Bodies);
        Write(context, "Stored bytes", usage.LiveBytes);
        WriteQueue(context, await grains.GetGrain<IQueueManagementGrain>(0).ReadStatusAsync());
        await foreach (var warning in warnings.FindAsync())
            context.WriteLine($"Warning:\t{warning}");
        return context.Request.Done(ManageTexts.End);
    }

    /// <summary>The reports of all processes; ours is made new first.</summary>
    private async Task<IReadOnlyList<ProcessReport>> ReadProcessesAsync()
    {
        using var limit = new CancellationTokenSource(SynchronizeLimit, time);
        await link.SynchronizeAsync(limit.Token);
        return await grains.GetGrain<IClusterGrain>(IClusterGrain.TheKey).StatusAsync();
    }

    private void WriteManualLines(CommandContext context, IReadOnlyList<ProcessReport> processes, long users)
    {
        var now = time.GetUtcNow();
        var started = processes.Select(process => process.Started).DefaultIfEmpty(now).Min();
        context.WriteLine($"Version:\t{Product.Version}");
        context.WriteLine($"Date start:\t{started.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)}");
        Write(context, "Time running", (long)(now - started).TotalSeconds);
        Write(context, "Mails sent", processes.Sum(process => process.MailsSent));
        Write(context, "Mails received", processes.Sum(process => process.MailsReceived));
        Write(context, "Users", users);
        Write(context, "SMTP in connections", processes.Sum(process => process.SmtpConnections));
        Write(context, "SMTP out", processes.Sum(process => process.SmtpOutConnections));
        Write(context, "POP3", processes.Sum(process => process.Pop3Connections));
        Write(context, "Active threads", processes.Sum(process => process.Threads));
        Write(context, "Temporary files", processes.Sum(process => process.TemporaryFiles));
    }

    /// <summary>Every lane has its line, so that a program finds it; "Queue overdue" is how many seconds the oldest entry is overdue.</summary>
    private void WriteQueue(CommandContext context, QueueStatus queue)
    {
        Write(context, "Queue", queue.Lanes.Sum(lane => lane.Entries));
        foreach (var lane in Enum.GetNames<QueueLane>().Select(name => name.ToLowerInvariant()))
            Write(context, $"Queue {lane}", queue.Lanes.Where(known => known.Lane == lane).Sum(known => known.Entries));
        Write(context, "Queue held", queue.Held);
        var oldest = queue.Lanes.Min(lane => lane.Oldest) ?? time.GetUtcNow();
        Write(context, "Queue overdue", Math.Max(0, (long)(time.GetUtcNow() - oldest).TotalSeconds));
    }

    private async Task<(long Domains, long Users)> CountUsersAsync()
    {
        long domains = 0;
        long users = 0;
        await foreach (var page in ClusterListing.DomainPagesAsync(grains))
        {
            var read = await Task.WhenAll(page.Select(domain => grains.GetGrain<IDomainGrain>(domain.Name).ReadAsync()));
            domains += page.Count;
            users += read.Sum(domain => (long)(domain?.Users ?? 0));
        }

        return (domains, users);
    }

    private async Task<string> CountWeakPasswordsAsync()
    {
        var started = time.GetTimestamp();
        long weak = 0;
        await foreach (var page in ClusterListing.DomainPagesAsync(grains))
        {
            foreach (var domain in page)
            {
                await foreach (var names in ClusterListing.NamePagesAsync(grains, domain.Name))
                {
                    weak += names.Count(name => name.WeakPassword);
                    if (time.GetElapsedTime(started) > CountLimit)
                        return $"at least {weak}";
                }
            }
        }

        return weak.ToString(CultureInfo.InvariantCulture);
    }

    private static void Write(CommandContext context, string name, long value) =>
        context.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}:\t{value}"));
}
