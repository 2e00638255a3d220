using System.Diagnostics.CodeAnalysis;
using DnsClient;
using DnsClient.Protocol;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Orleans.Mail.Relay;

/// <summary>
/// Asks the servers in their order, in rounds, until one gives an answer that settles the question, and follows CNAMEs. The
/// order of servers and repeats is ours: an NXDOMAIN settles, while the library would go on and may end with a lame server.
/// </summary>
internal sealed partial class DnsQuestions(NameServers servers, IOptions<DnsOptions> options, ILogger<DnsQuestions> logger) : IDisposable
{
    private const int Rounds = 4;
    private const int MaxAliases = 10;

    // Fits into every path's packet, so that no answer comes in fragments (DNS flag day 2020).
    private const int DatagramSize = 1232;

    // A burst of datagrams would overflow the buffers of a server nearby, and what is lost is asked again only after seconds.
    // A question counts for a moment only: servers that are silent hold nobody up.
    private const int MaxOnTheWay = 100;
    private static readonly TimeSpan OnTheWay = TimeSpan.FromMilliseconds(50);

    private readonly SemaphoreSlim pace = new(MaxOnTheWay);
    private readonly LookupClient client = new(new LookupClientOptions
    {
        AutoResolveNameServers = false,
        UseCache = false,
    });

    public void Dispose() => pace.Dispose();

    /// <summary>Never fails; when <paramref name="cancellationToken"/> ends the wait, that is trouble.</summary>
    public async Task<DnsReply> AskAsync(string name, QueryType type, CancellationToken cancellationToken)
    {
        var timeToLive = TimeSpan.MaxValue;
        for (var aliases = 0; aliases <= MaxAliases;)
        {
            var (response, cause) = await AskServersAsync(name, type, cancellationToken);
            if (response is null)
                return DnsReply.Trouble(name, cause);
            var before = name;
            aliases += FollowAliases(response, ref name, ref timeToLive);
            var records = response.Answers.Where(record => (int)record.RecordType == (int)type && Is(record, name)).ToArray();
            if (records.Length > 0)
                return new DnsReply(DnsResult.Records, name, records, Min(timeToLive, records.Min(static record => Seconds(record.TimeToLive))));
            if (response.Header.ResponseCode == DnsHeaderResponseCode.NotExistentDomain)
                return new DnsReply(DnsResult.NoSuchName, name, [], Min(timeToLive, NegativeTime(response)));
            if (name == before)
                return new DnsReply(DnsResult.NoRecords, name, [], Min(timeToLive, NegativeTime(response)));
            if (response.Authorities.SoaRecords().Any())
                return new DnsReply(DnsResult.NoRecords, name, [], Min(timeToLive, NegativeTime(response)));
            // The server gave the alias alone; its target is asked for.
        }

        return DnsReply.Trouble(name, "too many CNAMEs");
    }

    private async Task<(IDnsQueryResponse? Response, string Cause)> AskServersAsync(string name, QueryType type, CancellationToken cancellationToken)
    {
        if (!TryMakeQuestion(name, type, out var question))
            return (null, "no name that DNS can carry");
        var cause = "no DNS server is known";
        var wait = options.Value.FirstWait;
        for (var round = 0; round < Rounds; round++, wait *= 2)
        {
            foreach (var server in servers.Current)
            {
                if (cancellationToken.IsCancellationRequested)
                    return (null, $"no answer within {options.Value.TimeLimit.TotalSeconds:0.###} s");
                var (response, failure) = await AskServerAsync(server, question, wait, cancellationToken);
                if (response is not null)
                    return (response, "");
                cause = failure;
            }
        }

        return (null, cause);
    }

    private async Task<(IDnsQueryResponse? Response, string Cause)> AskServerAsync(NameServer server, DnsQuestion question, TimeSpan wait, CancellationToken cancellationToken)
    {
        var query = new DnsQueryOptions
        {
            UseCache = false,
            Timeout = wait,
            Retries = 0,
            ContinueOnDnsError = false,
            ContinueOnEmptyResponse = false,
            ThrowDnsErrors = false,
            UseTcpFallback = true,
            ExtendedDnsBufferSize = DatagramSize,
        };
        try
        {
            await pace.WaitAsync(cancellationToken);
            var asked = client.QueryServerAsync([server], question, query, cancellationToken);
            _ = FreeAsync(asked);
            var response = await asked;
            if (response.Header.ResponseCode is DnsHeaderResponseCode.NoError or DnsHeaderResponseCode.NotExistentDomain)
                return (response, "");
            LogRefused(server.ToString(), question.ToString(), response.Header.ResponseCode);
            return (null, $"{server.Address} says {response.Header.ResponseCode}");
        }
        catch (Exception failure)
        {
            // Silence, a socket's error, or octets that are no answer: the next server, or the next round, may do better.
            LogSilent(failure, server.ToString(), question.ToString());
            return (null, failure is DnsResponseException { Code: DnsResponseCode.ConnectionTimeout } or OperationCanceledException
                ? $"no answer from {server.Address}"
                : $"no usable answer from {server.Address}");
        }
    }

    /// <summary>Never fails: how the question ends is its asker's business.</summary>
    private async Task FreeAsync(Task asked)
    {
        await Task.WhenAny(asked, Task.Delay(OnTheWay, CancellationToken.None));
        try
        {
            pace.Release();
        }
        catch (ObjectDisposedException)
        {
            // The process ends: nobody waits any more.
        }
    }

    /// <summary>Goes from the name along the CNAMEs of the answer. Returns how many they were.</summary>
    private static int FollowAliases(IDnsQueryResponse response, ref string name, ref TimeSpan timeToLive)
    {
        var aliases = 0;
        var all = response.Answers.CnameRecords().ToArray();
        while (aliases <= MaxAliases)
        {
            var current = name;
            if (Array.Find(all, alias => Is(alias, current)) is not { } found)
                break;
            name = TextOf(found.CanonicalName);
            timeToLive = Min(timeToLive, Seconds(found.TimeToLive));
            aliases++;
        }

        return aliases;
    }

    private static TimeSpan NegativeTime(IDnsQueryResponse response) =>
        response.Authorities.SoaRecords().FirstOrDefault() is { } authority
            ? MxTimes.ClampNegative(Seconds(Math.Min(authority.InitialTimeToLive, authority.Minimum)))
            : MxTimes.Negative;

    private static bool TryMakeQuestion(string name, QueryType type, [NotNullWhen(true)] out DnsQuestion? question)
    {
        try
        {
            question = new DnsQuestion(DnsString.Parse(name), type);
            return true;
        }
        catch (ArgumentException)
        {
            question = null; // an MX may hold labels that no host name has: the library has no Try form
            return false;
        }
    }

    /// <summary>A name of an answer: in A-labels, which the library turns into U-labels, lower case, without the root's dot.</summary>
    internal static string TextOf(DnsString name)
    {
        var text = name.Value.TrimEnd('.');
        return !System.Text.Ascii.IsValid(text) && DomainName.TryParse(text, out var labels) ? labels : text.ToLowerInvariant();
    }

    private static bool Is(DnsResourceRecord record, string name) => TextOf(record.DomainName) == name;

    private static TimeSpan Seconds(long seconds) => TimeSpan.FromSeconds(Math.Max(0, seconds));

    private static TimeSpan Min(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
