using System.Net;
using System.Net.Sockets;
using Orleans.Concurrency;

namespace Orleans.Mail;

/// <summary>
/// The failed logins of one address at all gateways together. Key: the address, or for IPv6 its /64
/// (<see cref="ClientBudgets.BudgetOf"/>). A login that succeeds makes no call here. Those of all clients of one /48 of IPv6
/// are counted again (<see cref="ClientBudgets.SiteBudgetOf"/>): who holds it would have 65,536 budgets otherwise.
/// </summary>
[Alias("mail.IClientBudgetGrain")]
public interface IClientBudgetGrain : IGrainWithStringKey
{
    /// <summary>Counts a failed login, and blocks the address when its budget is spent: the caller is told at once, the list of blocks soon.</summary>
    /// <param name="account">The account that was tried, in lower case, whose budget it costs too; null when there is no such account.</param>
    [Alias("Fail"), ResponseTimeout("00:00:05")]
    Task<ClientVerdict> FailAsync(string? account);

    /// <summary>
    /// Counts failures of one client of a /48, and blocks it when these of all clients are too many: the list of blocks is told soon
    /// (<see cref="TimedReasons.Site"/>). Nobody waits for it.
    /// </summary>
    [Alias("FailInSite"), OneWay]
    Task FailInSiteAsync(int failures);

    /// <summary>Forgets the failures, those of its /48 too: an operator lifted the block.</summary>
    [Alias("Forgive"), ResponseTimeout("00:00:05")]
    Task ForgiveAsync();
}

/// <param name="Failures">Failures of the address that are remembered, this one among them.</param>
/// <param name="BlockedUntil">When its block ends; null when it is not blocked.</param>
[GenerateSerializer, Immutable, Alias("mail.ClientVerdict")]
public sealed record ClientVerdict(
    [property: Id(0)] int Failures,
    [property: Id(1)] DateTimeOffset? BlockedUntil);

public static class ClientBudgets
{
    // A host of IPv6 changes its address within its /64 as it likes (RFC 8981).
    private const int LengthOfV6 = 64;
    private const int LengthOfV4 = 32;
    private const int LengthOfTranslated = 128;

    // What a site of IPv6 is given as a rule (RFC 6177): 65,536 networks of /64.
    private const int LengthOfSite = 48;

    // All hosts of IPv4 stand in one /64 there (RFC 6052): each is a client of its own.
    private static readonly AddressPrefix Translated = AddressPrefix.Of(IPAddress.Parse("64:ff9b::"), lengthOfV6: 96);

    /// <summary>The prefix that stands for a client: its address, or for IPv6 its /64. An address of IPv4 that was translated stands for itself.</summary>
    public static AddressPrefix PrefixOf(IPAddress address) => PrefixOf(AddressPrefix.Of(address));

    /// <summary>The prefix that stands for a client, when what is given is longer.</summary>
    public static AddressPrefix PrefixOf(AddressPrefix given) => given.Family == AddressFamily.InterNetworkV6 && !Translated.Contains(given) ? given.Shorten(LengthOfV6) : given;

    /// <summary>The network that is blocked when its clients fail too often: the /48 of a client of IPv6; null for IPv4, also when it was translated.</summary>
    /// <param name="client">What <see cref="PrefixOf(IPAddress)"/> makes.</param>
    public static AddressPrefix? SiteOf(AddressPrefix client) =>
        client.Family == AddressFamily.InterNetworkV6 && client.Length == LengthOfV6 ? client.Shorten(LengthOfSite) : null;

    /// <summary>Whether a prefix stands for one client.</summary>
    public static bool IsOneClient(AddressPrefix prefix) =>
        prefix.Length == (prefix.Family == AddressFamily.InterNetwork ? LengthOfV4 : Translated.Contains(prefix) ? LengthOfTranslated : LengthOfV6);

    /// <summary>The budget of a client's address.</summary>
    public static IClientBudgetGrain BudgetOf(this IGrainFactory grains, string prefix) => grains.GetGrain<IClientBudgetGrain>(prefix);

    /// <summary>The budget of the /48 that a client is in; null when there is none (<see cref="SiteOf"/>).</summary>
    public static IClientBudgetGrain? SiteBudgetOf(this IGrainFactory grains, string client) =>
        AddressPrefix.TryParse(client, out var prefix) && SiteOf(prefix) is { } site ? grains.BudgetOf(site.ToString()) : null;
}
