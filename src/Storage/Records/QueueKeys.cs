using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Orleans.Mail.Storage;

/// <summary>
/// Where the queue's rows are. Public, because the gateway names the entry that a body will belong to
/// (<see cref="BodyHint.SoleHolder"/>) before the queue has heard of the message.
/// </summary>
public static class QueueKeys
{
    /// <summary>The prefix of the queue's partitions.</summary>
    public const string Partitions = "q!";

    /// <summary>The prefix of entries.</summary>
    public const string Entries = "e!";

    /// <summary>The prefix of the index of due times.</summary>
    public const string Due = "d!";

    /// <summary>How many partitions there are, for good: a shard serves some of them, and which ones follows from how many shards there are.</summary>
    public const int PartitionCount = 64;

    private const string Senders = "s!";
    private const string Messages = "i!";
    private const int HashLength = 16;

    /// <summary>The partition of a target: all entries of one destination are in one.</summary>
    public static int PartitionOf(Target target) => PartitionOf(Destination(target));

    /// <summary>The partition of the mail for other hosts' addresses in a domain.</summary>
    public static int PartitionOfDomain(string domain) => PartitionOf(KeyText.Escape(domain));

    /// <summary>Which of <paramref name="shards"/> shards serves a target.</summary>
    public static int ShardOf(Target target, int shards) => PartitionOf(target) % shards;

    public static string Partition(int number) => string.Create(CultureInfo.InvariantCulture, $"{Partitions}{number:x2}");

    /// <summary>The key of the entry of a message and a target.</summary>
    public static string Entry(Target target, MessageId id) =>
        LongKey.Fit($"{Entries}{Destination(target)}!{id}!{Hash(target.Address)}");

    /// <summary>The entry of a message and a target, with its partition.</summary>
    public static RowKey EntryOf(Target target, MessageId id) => new(Partition(PartitionOf(target)), Entry(target, id));

    /// <summary>The prefix of the entries of a domain of other hosts.</summary>
    public static string EntriesOfDomain(string domain) => LongKey.Kept($"{Entries}{KeyText.Escape(domain)}!");

    /// <summary>What an entry's key begins with like all keys of its destination.</summary>
    public static string DestinationOf(string entry) => entry.Length < StoreLimits.KeyLength ? entry[..(IdAt(entry) + 1)] : entry;

    /// <summary>What an entry's key begins with like all keys of its message and destination.</summary>
    public static string NeighboursOf(string entry) => entry.Length < StoreLimits.KeyLength ? entry[..(entry.LastIndexOf('!') + 1)] : entry;

    /// <summary>The prefix of the due times of a lane.</summary>
    public static string DueIn(char lane) => $"{Due}{lane}!";

    /// <summary>The key of an entry's due time; the row holds the entry's key.</summary>
    public static string DueOf(char lane, DateTimeOffset due, string entry) => DueOfHash(lane, due, Hash(entry));

    /// <summary>The same for a hash that is known already (<see cref="HashOf"/>).</summary>
    public static string DueOfHash(char lane, DateTimeOffset due, string hash) =>
        string.Create(CultureInfo.InvariantCulture, $"{Due}{lane}!{Math.Max(due.ToUnixTimeMilliseconds(), 0):x12}!{hash}");

    /// <summary>What stands for an entry in the keys of its indexes.</summary>
    public static string HashOf(string entry) => Hash(entry);

    /// <summary>The time that a key of <see cref="DueOf"/> names.</summary>
    public static DateTimeOffset TimeOf(string due) =>
        DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(due.AsSpan(Due.Length + 2, 12), NumberStyles.HexNumber, CultureInfo.InvariantCulture));

    /// <summary>The prefix of the index rows of a sender; empty = the null sender.</summary>
    public static string SentBy(string sender) => LongKey.Kept(SenderPrefix(sender));

    /// <summary>The key of an entry's row in the index of senders; the row holds the entry's key.</summary>
    public static string SentByOf(string sender, MessageId id, string hash) => LongKey.Fit($"{SenderPrefix(sender)}{id}!{hash}");

    /// <summary>The prefix of the index rows of a message.</summary>
    public static string MessageIs(MessageId id) => $"{Messages}{id}!";

    /// <summary>The key of an entry's row in the index of messages; the row holds the entry's key.</summary>
    public static string MessageOf(MessageId id, string hash) => $"{Messages}{id}!{hash}";

    private static int PartitionOf(string destination)
    {
        var hash = 2166136261u; // FNV-1a, which stays the same in every process
        foreach (var c in destination)
            hash = (hash ^ c) * 16777619;
        return (int)(hash % PartitionCount);
    }

    private static string SenderPrefix(string sender) => $"{Senders}{KeyText.Escape(sender.Length == 0 ? "<>" : sender.ToLowerInvariant())}!";

    private static int IdAt(string entry)
    {
        var hash = entry.LastIndexOf('!');
        return hash > 0 ? entry.LastIndexOf('!', hash - 1) : -1;
    }

    private static string Destination(Target target) => target.Kind switch
    {
        TargetKind.Remote => KeyText.Escape(target.Address[(target.Address.LastIndexOf('@') + 1)..]),
        TargetKind.Mailbox => "box!" + KeyText.Escape(target.Id),
        TargetKind.Pipe => "pipe!" + KeyText.Escape(target.Address),
        TargetKind.List => "list!" + KeyText.Escape(target.Id),
        _ => "bounce!" + KeyText.Escape(target.Id),
    };

    private static string Hash(string text)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(text), hash);
        return Convert.ToHexStringLower(hash[..(HashLength / 2)]);
    }
}
