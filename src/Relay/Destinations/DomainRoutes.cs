using System.Collections.Concurrent;
using System.Net;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Orleans.Mail.Relay;

/// <summary>Copies of what the grains know of domains: so short-lived that FLUSH works at once, so that a busy domain costs a call now and then.</summary>
internal sealed partial class DomainRoutes(
    IGrainFactory grains,
    IHostDns hosts,
    OwnHosts own,
    IOptions<DestinationOptions> options,
    TimeProvider time,
    ILogger<DomainRoutes> logger)
{
    /// <summary>How old a copy may be.</summary>
    public static readonly TimeSpan Age = TimeSpan.FromSeconds(4);

    private const int MaxCopies = 10_000;
    private const string SmartHostKey = "";

    private readonly ConcurrentDictionary<string, Entry> entries = new(StringComparer.Ordinal);

    /// <summary>Never fails, except when cancelled.</summary>
    public ValueTask<DomainRoute> FindAsync(string domain, CancellationToken cancellationToken)
    {
        var key = options.Value.SmartHost.Length > 0 ? SmartHostKey : domain;
        if (!entries.TryGetValue(key, out var entry))
            entry = Add(key);
        if (entry.Current is { } route && time.GetTimestamp() < route.Expires)
            return new(route);
        lock (entry)
        {
            // The work is shared: it must not run in, nor end with, the grain that happened to ask first.
            entry.Running ??= Task.Run(() => ReadAsync(key, entry), CancellationToken.None);
            return new(entry.Running.WaitAsync(cancellationToken));
        }
    }

    /// <summary>Tells the cluster how the domain's hosts fared; the next copy knows it.</summary>
    /// <param name="route">What was used.</param>
    /// <param name="reached">Whether a host was reached.</param>
    /// <param name="status">How it failed.</param>
    /// <param name="failure">The number of the destination's failure.</param>
    public async Task TellAsync(DomainRoute route, bool reached, string status, long failure)
    {
        if (!route.IsShared)
            return;
        try
        {
            await grains.GetGrain<IMxGrain>(route.Domain).ReportAsync(reached, status);
        }
        catch (Exception trouble)
        {
            LogNotTold(trouble, route.Domain); // whoever tries next tells it again
            return;
        }

        if (!entries.TryGetValue(route.Domain, out var entry))
            return;
        lock (entry)
        {
            entry.Told = failure;
            entry.Generation++;
            entry.Current = null;
            entry.Running = null; // what is on its way was asked before
        }
    }

    private Entry Add(string key)
    {
        if (entries.Count >= MaxCopies)
        {
            var now = time.GetTimestamp();
            foreach (var (old, entry) in entries)
            {
                if (entry.Running is null && !(now < entry.Current?.Expires))
                    entries.TryRemove(old, out _);
            }
        }

        // As many at once as that, all of them in use: the new one is read without being kept.
        return entries.Count >= MaxCopies ? new Entry() : entries.GetOrAdd(key, static _ => new Entry());
    }

    private async Task<DomainRoute> ReadAsync(string key, Entry entry)
    {
        long told;
        int generation;
        lock (entry)
            (told, generation) = (entry.Told, entry.Generation);
        var isSmartHost = key == SmartHostKey;
        var answer = await AskAsync(key, isSmartHost);
        var age = Age;
        if (isSmartHost)
            age = answer.TimeToLive; // no grain keeps it
        else if (answer.Outcome != MxOutcome.Found || answer.RestsUntil is not null)
            age = TimeSpan.Zero; // where nothing goes now a call costs nothing, and FLUSH is seen at once
        else if (answer.Entered + answer.TimeToLive - time.GetUtcNow() is var rest && rest < age && rest > TimeSpan.Zero)
            age = rest;
        var plan = RoutePlan.TryMake(answer, own, isSmartHost ? options.Value.SmartHostPort : options.Value.Port, isSmartHost, out var instead);
        var shared = isSmartHost || AddressLiteral.IsLiteral(key) ? "" : key;
        var route = new DomainRoute(shared, answer, plan, instead, time.GetTimestamp() + (long)(age.TotalSeconds * time.TimestampFrequency), told);
        lock (entry)
        {
            if (entry.Generation != generation)
                return route;
            entry.Running = null;
            return entry.Current = route;
        }
    }

    private async Task<MxAnswer> AskAsync(string key, bool isSmartHost)
    {
        var name = isSmartHost ? options.Value.SmartHost : key;
        if (AddressLiteral.IsLiteral(name) || IPAddress.TryParse(name, out _))
            return OfAddress(name);
        try
        {
            return isSmartHost
                ? await hosts.LookUpHostAsync(name, CancellationToken.None)
                : await grains.GetGrain<IMxGrain>(name).ResolveAsync();
        }
        catch (Exception failure)
        {
            LogUnknown(failure, name);
            return new MxAnswer(name, MxOutcome.Trouble, [], time.GetUtcNow(), Age, "the cluster does not answer");
        }
    }

    private MxAnswer OfAddress(string name)
    {
        IPAddress? address;
        var isAddress = AddressLiteral.IsLiteral(name) ? AddressLiteral.TryParse(name, out address) : IPAddress.TryParse(name, out address);
        return isAddress
            ? new MxAnswer(name, MxOutcome.Found, [new MxHost(name, 0, [address!.ToString()])], time.GetUtcNow(), TimeSpan.FromDays(1), "")
            : new MxAnswer(name, MxOutcome.NoHost, [], time.GetUtcNow(), TimeSpan.FromDays(1), "it is no address");
    }

    private sealed class Entry
    {
        public volatile DomainRoute? Current;

        public Task<DomainRoute>? Running;

        public long Told;

        public int Generation;
    }
}
