using System.Net;

namespace Orleans.Mail.Gateway.Abuse;

/// <summary>What addresses and accounts do at this gateway, counted against <see cref="RateOptions"/>. Nothing here makes a call.</summary>
public sealed class ClientRates(RateOptions options, TimeProvider time)
{
    // Some 5 MB for each table that is in use and full.
    private const int Capacity = 50_000;

    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly RateTable<AddressPrefix> connections = new(options.ConnectionRate, Minute, Capacity, time);
    private readonly RateTable<AddressPrefix> messages = new(options.MessageRate, Minute, Capacity, time);
    private readonly RateTable<AddressPrefix> probes = new(options.Probes, options.Window, Capacity, time);
    private readonly RateTable<string> logins = new(options.AccountLoginRate, Minute, Capacity, time);
    private readonly RateTable<string> accountMessages = new(options.AccountMessageRate, Minute, Capacity, time);

    /// <summary>Whether an address may connect once more.</summary>
    public bool MayConnect(IPAddress client) => options.ConnectionRate == 0 || connections.TryTake(ClientBudgets.PrefixOf(client));

    /// <summary>Whether an address may begin another message.</summary>
    public bool MaySend(IPAddress client) => options.MessageRate == 0 || messages.TryTake(ClientBudgets.PrefixOf(client));

    /// <summary>Whether an account may begin another message.</summary>
    public bool MaySend(MailAddress account) => accountMessages.TryTake(account.Key);

    /// <summary>Whether an account may log in once more.</summary>
    public bool MayLogIn(MailAddress account) => logins.TryTake(account.Key);

    /// <summary>Whether an address may name another recipient that does not exist.</summary>
    public bool MayProbe(IPAddress client) => options.Probes == 0 || probes.TryTake(ClientBudgets.PrefixOf(client));

    /// <summary>Forgets what an address has probed: an operator lifted its block.</summary>
    internal void Forgive(AddressPrefix client) => probes.Forget(client);
}
