using Microsoft.Extensions.Options;
using Orleans.Concurrency;
using Orleans.Mail.Storage;

namespace Orleans.Mail.Grains;

/// <summary>Who is there, and which copies are stale. All of it is in memory: a new activation learns it anew within seconds.</summary>
[Reentrant, GrainType("cluster")]
internal sealed class ClusterGrain(SettledRows rows, IOptions<ClusterStatusOptions> options, TimeProvider time) : Grain, IClusterGrain
{
    private readonly Dictionary<string, Heard> processes = new(StringComparer.Ordinal);
    private readonly ClusterSecret loginSecret = new(rows, new RowKey("cluster", "logins"));
    private ClusterVersions versions = new(MessageId.New(time), 0);

    public Task<ClusterVersions> ReportAsync(ProcessReport report)
    {
        processes[report.Process] = new Heard(report, time.GetTimestamp());
        ForgetTheGone();
        return Task.FromResult(versions);
    }

    public Task<IReadOnlyList<ProcessReport>> StatusAsync()
    {
        ForgetTheGone();
        return Task.FromResult<IReadOnlyList<ProcessReport>>(processes.Values.Select(heard => heard.Report).ToArray());
    }

    public Task DomainsChangedAsync()
    {
        versions = versions with { Domains = versions.Domains + 1 };
        return Task.CompletedTask;
    }

    public Task DenyChangedAsync()
    {
        versions = versions with { Deny = versions.Deny + 1 };
        return Task.CompletedTask;
    }

    public Task TimedChangedAsync()
    {
        versions = versions with { Timed = versions.Timed + 1 };
        return Task.CompletedTask;
    }

    public async Task<byte[]> LoginSecretAsync() => await loginSecret.ReadAsync();

    public async Task<DomainPage> ListDomainsAsync(string after, int limit)
    {
        var range = RowRange.All(DomainRow.Partition);
        if (after.Length > 0)
            range = range.After(DomainRow.Key(after));
        var page = await rows.ScanAsync(range, Math.Clamp(limit, 1, StoreLimits.PageRows));
        var domains = new List<Domain>(page.Rows.Count);
        foreach (var row in page.Rows)
        {
            var domain = DomainRow.Decode(row.Value);
            if (!domain.Deleting)
                domains.Add(new Domain(DomainRow.NameOf(row.Key), domain.Settings, 0));
        }

        return new DomainPage(domains, page.Next is null ? null : DomainRow.NameOf(page.Rows[^1].Key));
    }

    private void ForgetTheGone()
    {
        foreach (var (process, heard) in processes)
        {
            if (time.GetElapsedTime(heard.At) > options.Value.ForgetAfter)
                processes.Remove(process);
        }
    }

    private readonly record struct Heard(ProcessReport Report, long At);
}
