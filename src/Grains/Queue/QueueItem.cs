using Orleans.Mail.Storage;

namespace Orleans.Mail.Grains;

/// <summary>What an entry in memory is about.</summary>
internal enum ItemState
{
    /// <summary>On its way into the store.</summary>
    Inserting = 0,

    /// <summary>Waits for its attempt.</summary>
    Ready = 1,

    /// <summary>An attempt runs.</summary>
    Busy = 2,

    /// <summary>Waits because the store was in trouble, or because somebody else has claimed it.</summary>
    Resting = 3,

    /// <summary>Its row is being written.</summary>
    Writing = 4,

    /// <summary>No longer in memory.</summary>
    Gone = 5,
}

/// <summary>An entry in memory, with its row as this activation knows it.</summary>
internal sealed class QueueItem(QueuePartition partition, string key, QueueRow row, ETag etag, WindowShare share)
{
    private QueueRow row = row;
    private long claimedUntil = row.Claim?.Until.UtcTicks ?? 0;

    public QueuePartition Partition => partition;

    public string Key => key;

    /// <summary>What stands for it in the keys of indexes.</summary>
    public string Hash { get; } = QueueKeys.HashOf(key);

    /// <summary>Which part of the window it takes.</summary>
    public WindowShare Share => share;

    public ETag ETag { get; set; } = etag;

    public ItemState State { get; set; }

    /// <summary>Where it waits for its destination; null for local entries.</summary>
    public DestinationFeed? Feed { get; set; }

    /// <summary>The insertion, for whoever hands the same entry over meanwhile.</summary>
    public Task? Insertion { get; set; }

    /// <summary>A renewal of its claim that is on its way: nothing else may be written before it has ended.</summary>
    public Task? Renewal { get; set; }

    /// <summary>What an operator wants done with it when its attempt has not succeeded.</summary>
    public QueueChange? Wish { get; set; }

    public QueueRow Row
    {
        get => row;
        set
        {
            row = value;
            Volatile.Write(ref claimedUntil, value.Claim?.Until.UtcTicks ?? 0);
        }
    }

    public QueueEntry Entry => row.Entry!;

    /// <summary>When its claim ends. May be asked from any thread.</summary>
    public long ClaimedUntil => Volatile.Read(ref claimedUntil);

    /// <summary>Somebody else has claimed it, or the claim could not be renewed.</summary>
    public void LoseClaim() => Volatile.Write(ref claimedUntil, 0);
}
