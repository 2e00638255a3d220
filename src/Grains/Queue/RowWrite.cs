using System.Diagnostics;
using System.Text;
using Orleans.Mail.Storage;

namespace Orleans.Mail.Grains;

/// <summary>The way of one entry's row from what it is to what it becomes, with its due time and its indexes, in one commit with others.</summary>
internal sealed class RowWrite : TaskCompletionSource<CommitOutcome>
{
    /// <summary>Operations that a write may need: the row, its due time twice, two indexes.</summary>
    public const int MaxOperations = 5;

    private readonly ReadOnlyMemory<byte> value;
    private readonly ETag? was;

    /// <param name="key">The entry's key.</param>
    /// <param name="hash">What stands for it in other keys.</param>
    /// <param name="before">The row as it is; null = it must not exist.</param>
    /// <param name="was">Its version.</param>
    /// <param name="next">The row as it becomes; null = it goes.</param>
    /// <param name="requires">A body that becomes durable with it.</param>
    public RowWrite(string key, string hash, QueueRow? before, ETag? was, QueueRow? next, BodyRef? requires = null)
        : base(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        Key = key;
        Hash = hash;
        Before = before;
        Next = next;
        Requires = requires;
        this.was = was;
        value = next?.Encode() ?? default;
        DueBefore = DueOf(before);
        DueNext = DueOf(next);
    }

    public string Key { get; }

    public string Hash { get; }

    public QueueRow? Before { get; }

    public QueueRow? Next { get; }

    public BodyRef? Requires { get; }

    /// <summary>The call whose trace the commit belongs to; null when nothing is traced.</summary>
    public Activity? Caller { get; } = Activity.Current;

    /// <summary>The key of the due time until now.</summary>
    public string? DueBefore { get; }

    /// <summary>The key of the due time from now on.</summary>
    public string? DueNext { get; }

    /// <summary>The version that was written.</summary>
    public ETag ETag { get; set; }

    /// <summary>Whether the entry ends with it.</summary>
    public bool Finishes => Next is { Lane: DueLane.Purge };

    public int Length => value.Length;

    /// <summary>Adds the operations; the first one is the condition.</summary>
    public void AddTo(RowBatch batch)
    {
        if (Before is null)
            batch.Insert(Key, value);
        else if (Next is null)
            batch.Delete(Key, was);
        else
            batch.Replace(Key, value, was!.Value);
        if (DueBefore != DueNext)
        {
            if (DueBefore is not null)
                batch.Delete(DueBefore);
            if (DueNext is not null)
                batch.Upsert(DueNext, Encoding.ASCII.GetBytes(Key));
        }

        AddIndexes(batch);
        if (Requires is { } body)
            batch.Require(body);
    }

    private void AddIndexes(RowBatch batch)
    {
        var indexed = Before is { Indexed: true };
        var index = Next is { Indexed: true };
        if (indexed == index || (Next ?? Before)!.Entry is not { } entry)
            return;
        var sender = QueueKeys.SentByOf(entry.Sender, entry.Id, Hash);
        var message = QueueKeys.MessageOf(entry.Id, Hash);
        if (index)
        {
            var name = Encoding.ASCII.GetBytes(Key);
            batch.Upsert(sender, name).Upsert(message, name);
        }
        else
        {
            batch.Delete(sender).Delete(message);
        }
    }

    // What is finished has no due time of its own: a row for all that ended in one commit has it.
    private string? DueOf(QueueRow? row) =>
        row is null or { Lane: DueLane.Purge } ? null : QueueKeys.DueOfHash(row.Lane, row.Due, Hash);
}
