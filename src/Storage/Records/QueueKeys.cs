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
    /// <summary>The prefix of shards' partitions.</summary>
    public const string Partitions = "q!";

    /// <summary>The prefix of entries.</summary>
    public const string Entries = "e!";

    /// <summary>The prefix of the index of due times.</summary>
    public const string Due = "d!";

    private const int HashLength = 16;

    /// <summary>The shard of a target: all entries of one destination are in one.</summary>
    public static int ShardOf(Target target)
    {
        var hash = 2166136261u; // FNV-1a, which stays the same in every process
        foreach (var c in Destination(target))
            hash = (hash ^ c) * 16777619;
        return (int)(hash % IQueueGrain.Shards);
    }

    public static string Partition(long shard) => string.Create(CultureInfo.InvariantCulture, $"{Partitions}{shard:x2}");

    /// <summary>The key of the entry of a message and a target.</summary>
    public static string Entry(Target target, MessageId id) =>
        LongKey.Fit($"{Entries}{Destination(target)}!{id}!{Hash(target.Address)}");

    /// <summary>The entry of a message and a target, with its shard.</summary>
    public static RowKey EntryOf(Target target, MessageId id) => new(Partition(ShardOf(target)), Entry(target, id));

    /// <summary>The prefix of the due times of a lane.</summary>
    public static string DueIn(char lane) => $"{Due}{lane}!";

    /// <summary>The key of an entry's due time; the row holds the entry's key.</summary>
    public static string DueOf(char lane, DateTimeOffset due, string entry) =>
        string.Create(CultureInfo.InvariantCulture, $"{Due}{lane}!{Math.Max(due.ToUnixTimeMilliseconds(), 0):x12}!{Hash(entry)}");

    /// <summary>The time that a key of <see cref="DueOf"/> names.</summary>
    public static DateTimeOffset TimeOf(string due) =>
        DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(due.AsSpan(Due.Length + 2, 12), NumberStyles.HexNumber, CultureInfo.InvariantCulture));

    private static string Destination(Target target) => target.Kind switch
    {
        TargetKind.Remote => KeyText.Escape(target.Address[(target.Address.LastIndexOf('@') + 1)..]),
        TargetKind.Mailbox => "box!" + KeyText.Escape(target.Id),
        TargetKind.Pipe => "pipe!" + KeyText.Escape(target.Address),
        TargetKind.List => "list!" + KeyText.Escape(target.Id),
        _ => "bounce!" + KeyText.Escape(target.Id),
    };

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, HashLength / 2));
}
