using System.Security.Cryptography;
using System.Text;
using Orleans.Mail.Storage;

namespace Orleans.Mail.Grains;

/// <summary>Names of background work: what kind of grain has it, and that grain's key.</summary>
internal static class WorkItem
{
    private const string MailboxPrefix = "m!";
    private const string AddressPrefix = "a!";
    private const string DomainPrefix = "d!";
    private const string ListPrefix = "l!";

    public static string Mailbox(string mailboxId) => MailboxPrefix + mailboxId;

    public static string Address(string address) => AddressPrefix + address;

    public static string Domain(string domain) => DomainPrefix + domain;

    public static string List(string listId) => ListPrefix + listId;

    /// <summary>The slice that remembers an item: a hash that stays the same (FNV-1a).</summary>
    public static long SliceOf(string item)
    {
        var hash = 2166136261u;
        foreach (var octet in Encoding.UTF8.GetBytes(item))
            hash = (hash ^ octet) * 16777619;
        return hash % IWorkGrain.Slices;
    }

    /// <summary>The item's row key. An address of the largest kind does not fit a key, so it is hashed; the row holds the item itself.</summary>
    public static string KeyOf(string item)
    {
        var key = item[..2] + KeyText.Escape(item[2..]);
        return key.Length <= StoreLimits.KeyLength ? key : item[..2] + Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(item)));
    }

    /// <summary>The grain that goes on with the item.</summary>
    public static IBackgroundWork GrainOf(IGrainFactory grains, string item) => item[..2] switch
    {
        MailboxPrefix => grains.GetGrain<IMailboxWork>(item[2..]),
        AddressPrefix => grains.GetGrain<IAddressWork>(item[2..]),
        DomainPrefix => grains.GetGrain<IDomainWork>(item[2..]),
        ListPrefix => grains.GetGrain<IMailingListWork>(item[2..]),
        _ => throw new InvalidDataException($"'{item}' names no background work"),
    };
}
