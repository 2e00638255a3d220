using DnsClient;
using DnsClient.Protocol;
using Microsoft.Extensions.Options;
using Orleans.Mail.Grains;

namespace Orleans.Mail.Relay;

/// <summary>The rules of RFC 5321 5.1 on top of <see cref="DnsQuestions"/>.</summary>
internal sealed class MailDns(DnsQuestions questions, IOptions<DnsOptions> options, TimeProvider time) : IMailDns, IHostDns
{
    private const int MaxHosts = 20;
    private const int MaxAddresses = 16;

    public async Task<MxAnswer> LookUpAsync(string domain, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(options.Value.TimeLimit, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        var mx = await questions.AskAsync(domain, QueryType.MX, both.Token);
        var answer = mx.Result switch
        {
            DnsResult.NoSuchName => Without(domain, MxOutcome.NoSuchDomain, mx.TimeToLive, "no such domain"),
            DnsResult.Trouble => Without(domain, MxOutcome.Trouble, MxTimes.Trouble, mx.Cause),
            DnsResult.NoRecords => await LookUpHostsAsync(domain, [(domain, 0)], MxTimes.Longest, both.Token),
            _ => await LookUpExchangersAsync(domain, mx, both.Token),
        };
        cancellationToken.ThrowIfCancellationRequested();
        return answer;
    }

    public async Task<MxAnswer> LookUpHostAsync(string name, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(options.Value.TimeLimit, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        var answer = await LookUpHostsAsync(name, [(name, 0)], MxTimes.Longest, both.Token);
        cancellationToken.ThrowIfCancellationRequested();
        return answer;
    }

    private Task<MxAnswer> LookUpExchangersAsync(string domain, DnsReply mx, CancellationToken cancellationToken)
    {
        var records = mx.Records.OfType<MxRecord>().Select(static record => (Name: DnsQuestions.TextOf(record.Exchange), Preference: (int)record.Preference)).ToArray();
        var hosts = records.Where(static record => record.Name.Length > 0)
            .GroupBy(static record => record.Name, StringComparer.Ordinal)
            .Select(static same => (Name: same.Key, Preference: same.Min(static record => record.Preference)))
            .OrderBy(static host => host.Preference).ThenBy(static host => host.Name, StringComparer.Ordinal)
            .Take(MaxHosts)
            .ToArray();
        return hosts.Length == 0 // RFC 7505 3: the root alone
            ? Task.FromResult(Without(domain, MxOutcome.NullMx, MxTimes.ClampNegative(mx.TimeToLive), "the domain takes no mail (null MX)"))
            : LookUpHostsAsync(domain, hosts, mx.TimeToLive, cancellationToken);
    }

    private async Task<MxAnswer> LookUpHostsAsync(string domain, (string Name, int Preference)[] hosts, TimeSpan timeToLive, CancellationToken cancellationToken)
    {
        var found = await Task.WhenAll(hosts.Select(host => LookUpAddressesAsync(host.Name, cancellationToken)));
        var trouble = found.FirstOrDefault(static host => host.Trouble.Length > 0).Trouble ?? "";
        if (found.All(static host => host.Addresses.Count == 0))
        {
            return trouble.Length > 0
                ? Without(domain, MxOutcome.Trouble, MxTimes.Trouble, trouble)
                : Without(domain, MxOutcome.NoHost, found.Min(static host => host.TimeToLive), hosts is [var only] && only.Name == domain ? "neither MX nor address" : "no host of its MX records has an address");
        }

        foreach (var host in found)
            timeToLive = host.Addresses.Count > 0 && host.TimeToLive < timeToLive ? host.TimeToLive : timeToLive;
        if (trouble.Length > 0 && timeToLive > MxTimes.Incomplete)
            timeToLive = MxTimes.Incomplete;
        var list = hosts.Zip(found, static (host, its) => new MxHost(host.Name, host.Preference, its.Addresses)).ToArray();
        return new MxAnswer(domain, MxOutcome.Found, list, time.GetUtcNow(), MxTimes.Clamp(timeToLive), trouble);
    }

    private async Task<(IReadOnlyList<string> Addresses, TimeSpan TimeToLive, string Trouble)> LookUpAddressesAsync(string host, CancellationToken cancellationToken)
    {
        var replies = await Task.WhenAll(questions.AskAsync(host, QueryType.A, cancellationToken), questions.AskAsync(host, QueryType.AAAA, cancellationToken));
        var addresses = replies.SelectMany(static reply => reply.Records).OfType<AddressRecord>()
            .Select(static record => record.Address.ToString()).Distinct(StringComparer.Ordinal).Take(MaxAddresses).ToArray();
        var counted = addresses.Length > 0 ? replies.Where(static reply => reply.Records.Count > 0) : replies;
        var trouble = replies.FirstOrDefault(static reply => reply.Result == DnsResult.Trouble);
        return (addresses, counted.Min(static reply => reply.TimeToLive), trouble is null ? "" : $"{host}: {trouble.Cause}");
    }

    private MxAnswer Without(string domain, MxOutcome outcome, TimeSpan timeToLive, string cause) =>
        new(domain, outcome, [], time.GetUtcNow(), MxTimes.ClampNegative(timeToLive), cause);
}
