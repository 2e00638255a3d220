using System.Net;
using Microsoft.Extensions.Logging;
using Orleans.Mail.Gateway.Hosting;

namespace Orleans.Mail.Gateway.Abuse;

/// <summary>
/// Who is blocked, and which accounts are guarded: the cluster's list, at most <see cref="Cluster.ClusterLink.Period"/>
/// old here while the cluster answers, and at once what this gateway has found itself. A look-up costs no call.
/// </summary>
public sealed partial class BlockDirectory(
    IGrainFactory grains,
    GatewayOptions gateway,
    LimitOptions limits,
    RateOptions options,
    ClientRates rates,
    TimeProvider time,
    ILogger<BlockDirectory> logger)
{
    private readonly TimedCopy copy = new(ITimedListGrain.Blocks, time, subject => Forgive(subject, rates));
    private readonly AddressSet exempt = new([.. limits.Exempt.Select(address => AddressPrefix.Of(address)), .. gateway.TrustedProxies]);

    /// <summary>Nobody is blocked and no account is guarded.</summary>
    public bool IsEmpty => copy.IsEmpty;

    /// <summary>Whether nothing of what an address does counts: Limits:Exempt, and proxies, behind which may be anybody.</summary>
    public bool IsExempt(IPAddress client) => exempt.Contains(client);

    /// <summary>Whether an address may not connect now.</summary>
    public bool Blocks(IPAddress client) => !copy.IsEmpty && !IsExempt(client) && Holds(ClientBudgets.PrefixOf(client));

    /// <summary>Whether so many logins at an account failed that strangers get no second try.</summary>
    public bool Guards(string account) => copy.Holds(account);

    /// <summary>Takes a block that the cluster has told beside its list.</summary>
    internal void Learn(string prefix, DateTimeOffset until)
    {
        if (!copy.Add(prefix, until))
            LogNoRoom(prefix);
    }

    /// <summary>Blocks an address, here at once and elsewhere as soon as the cluster knows it.</summary>
    public void Block(IPAddress client, string reason)
    {
        var entry = new TimedEntry(ClientBudgets.PrefixOf(client).ToString(), time.GetUtcNow() + options.BlockTime, reason);
        Learn(entry.Subject, entry.Until);
        _ = TellAsync(entry);
    }

    /// <summary>Takes what has changed.</summary>
    public Task RefreshAsync() => copy.RefreshAsync(grains);

    private bool Holds(AddressPrefix client) =>
        copy.Holds(client.ToString()) || (ClientBudgets.SiteOf(client) is { } site && copy.Holds(site.ToString()));

    // Else the next probe would block the address again.
    private static void Forgive(string subject, ClientRates rates)
    {
        if (AddressPrefix.TryParse(subject, out var prefix))
            rates.Forgive(prefix);
    }

    private async Task TellAsync(TimedEntry entry)
    {
        try
        {
            if (!await grains.GetGrain<ITimedListGrain>(ITimedListGrain.Blocks).AddAsync(entry))
                LogFull(entry.Subject);
        }
        catch (Exception exception)
        {
            LogNotTold(exception, entry.Subject);
        }
    }

    [LoggerMessage(910, LogLevel.Warning, "{Address} is blocked at this gateway only: the list of blocks is full")]
    private partial void LogFull(string address);

    [LoggerMessage(911, LogLevel.Warning, "{Address} is blocked at this gateway only: the cluster does not answer")]
    private partial void LogNotTold(Exception exception, string address);

    [LoggerMessage(913, LogLevel.Warning, "{Address} is not blocked: this gateway knows as many blocks as it may")]
    private partial void LogNoRoom(string address);
}
