using System.Globalization;
using Orleans.Mail.Protocols.Manage;

namespace Orleans.Mail.Gateway.Manage;

/// <summary>DNS CACHE SHOW, DNS CACHE FLUSH and DNS RESOLV: the cache is the cluster's, an entry is a grain.</summary>
public sealed class DnsCommands(IGrainFactory grains, TimeProvider time)
{
    /// <summary>Entries that are asked for at the same time.</summary>
    private const int Width = 100;

    public async Task<ManageStatus> ShowAsync(CommandContext context)
    {
        if (context.FindDomain(ManageKeys.DnsDomain) is { } domain)
        {
            return await Entry(domain).ShowAsync() is { } known
                ? context.Request.Done(ManageTexts.Listed(Write(context, known)))
                : context.Request.Status(ManageEnding.NotFound, ManageTexts.NotCached(domain));
        }

        long count = 0;
        await foreach (var answers in ForAllAsync(static entry => entry.ShowAsync()))
        {
            foreach (var answer in answers)
                count += answer is null ? 0 : Write(context, answer);
            await context.FlushAsync();
        }

        return context.Request.Done(ManageTexts.Listed(count));
    }

    public async Task<ManageStatus> FlushAsync(CommandContext context)
    {
        if (context.FindDomain(ManageKeys.DnsDomain) is { } domain)
        {
            return await Entry(domain).FlushAsync()
                ? context.Request.Done(ManageTexts.Flushed(domain))
                : context.Request.Status(ManageEnding.NotFound, ManageTexts.NotCached(domain));
        }

        long count = 0;
        await foreach (var flushed in ForAllAsync(static entry => entry.FlushAsync()))
            count += flushed.Count(static each => each);
        return context.Request.Done(ManageTexts.FlushedMany(count));
    }

    public async Task<ManageStatus> ResolveAsync(CommandContext context)
    {
        var domain = context.Domain(ManageKeys.DnsDomain);
        var answer = await Entry(domain).ResolveAsync();
        var count = Write(context, answer);
        return answer.Outcome == MxOutcome.Trouble
            ? context.Request.Status(ManageEnding.Trouble, ManageTexts.DnsTrouble(domain, answer.Cause))
            : context.Request.Done(ManageTexts.Listed(count));
    }

    private IMxGrain Entry(string domain) => grains.GetGrain<IMxGrain>(domain);

    /// <summary>Asks every entry that is in memory anywhere. One that goes meanwhile answers that it knows nothing.</summary>
    private async IAsyncEnumerable<T[]> ForAllAsync<T>(Func<IMxGrain, Task<T>> ask)
    {
        var active = await grains.GetGrain<IManagementGrain>(0).GetActiveGrains(GrainType.Create(IMxGrain.TypeName));
        var domains = active.Select(static id => id.Key.ToString()!).Order(StringComparer.Ordinal);
        foreach (var part in domains.Chunk(Width))
            yield return await Task.WhenAll(part.Select(domain => ask(Entry(domain))));
    }

    /// <summary>Writes an entry: a line for each address, or one that says why there is none. Returns how many.</summary>
    private int Write(CommandContext context, MxAnswer answer)
    {
        var seconds = (long)Math.Max(0, (time.GetUtcNow() - answer.Entered).TotalSeconds);
        var tail = string.Create(
            CultureInfo.InvariantCulture,
            $"{answer.Entered.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'}\t{(long)answer.TimeToLive.TotalSeconds}\t{seconds}\t{(answer.Outcome == MxOutcome.Found && !answer.IsDead ? "Active" : "Not active")}");
        var lines = 0;
        foreach (var host in answer.Hosts)
        {
            foreach (var address in host.Addresses.Count > 0 ? host.Addresses : ["(no address)"])
            {
                context.WriteLine($"{answer.Domain}\t{Field(host.Name)}\t{address}\t{tail}");
                lines++;
            }
        }

        if (lines > 0)
            return lines;
        context.WriteLine($"{answer.Domain}\t{Absence(answer.Outcome)}\t\t{tail}");
        return 1;
    }

    private static string Absence(MxOutcome outcome) => outcome switch
    {
        MxOutcome.NullMx => "(takes no mail)",
        MxOutcome.NoSuchDomain => "(no such domain)",
        MxOutcome.NoHost => "(no host)",
        _ => "(DNS in trouble)",
    };

    // What a stranger's DNS says may not move the columns.
    private static string Field(string text) => text.Replace("\t", @"\t", StringComparison.Ordinal);
}
