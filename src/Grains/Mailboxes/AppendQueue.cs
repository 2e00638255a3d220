using System.Diagnostics;
using Orleans.Mail.Storage;

namespace Orleans.Mail.Grains;

/// <summary>
/// Deliveries of one mailbox on their way into the store: those that come while a commit runs share the next one. It
/// never looks at the index, so a mailbox of 100,000 messages costs what an empty one costs.
/// </summary>
internal sealed class AppendQueue(MailboxPartition partition, SettledRows rows, MailboxOptions options, TimeProvider time)
{
    /// <summary>Deliveries of one commit: a batch less the box.</summary>
    private const int PerCommit = StoreLimits.BatchOperations - 1;

    private readonly Queue<Append> waiting = new();
    private readonly List<Append> taken = [];
    private readonly HashSet<MessageId> takenIds = [];
    private bool running;

    public Task<AppendResult> AddAsync(Delivery delivery)
    {
        var append = new Append(delivery, time.GetTimestamp());
        waiting.Enqueue(append);
        if (!running)
            _ = RunAsync(); // it ends every append by a result or an exception, and itself never fails
        return append.Task;
    }

    private async Task RunAsync()
    {
        running = true;
        while (waiting.Count > 0)
        {
            try
            {
                using (await partition.EnterAsync())
                {
                    Take();
                    await CommitTakenAsync();
                }
            }
            catch (Exception failure)
            {
                foreach (var append in taken)
                    append.SetException(failure);
                taken.Clear();
            }
        }

        running = false;
    }

    private void Take()
    {
        taken.Clear();
        takenIds.Clear();

        // Whoever asked so long ago was told that the outcome is unknown, and may have gone on under another id: what
        // certainly has not begun must not land now.
        while (waiting.TryPeek(out var late) && time.GetElapsedTime(late.Since) > options.AppendTimeLimit)
            waiting.Dequeue().SetException(new StorageException("the delivery waited too long for the store"));

        // The same message twice (a caller repeats while its first call still waits) is left for the next commit,
        // where the entry of the first answers it.
        while (taken.Count < PerCommit && waiting.TryPeek(out var next) && takenIds.Add(next.Delivery.Message.Id))
            taken.Add(waiting.Dequeue());
    }

    private async ValueTask CommitTakenAsync()
    {
        var stale = false;
        while (taken.Count > 0)
        {
            var box = await partition.LoadAsync();
            Refuse(box);
            await RefuseOverQuotaAsync(box);
            if (taken.Count == 0)
                return;
            var batch = Plan(box, out var next);
            Activity.Current = taken[0].Caller; // the loop runs on whoever's call began it
            var result = await partition.CommitAsync(batch, next);
            switch (result.Outcome)
            {
                case CommitOutcome.Done:
                    foreach (var append in taken)
                        append.SetResult(AppendResult.Done);
                    taken.Clear();
                    break;
                case CommitOutcome.Conflict when result.Index > 0:
                    await EndDeliveredBeforeAsync(result.Index - 1);
                    break;
                case CommitOutcome.BodyMissing:
                    await EndWithoutBodyAsync(IndexOfBody(result.Index));
                    break;
                default:
                    if (stale)
                        throw partition.Stale();
                    stale = true;
                    break;
            }
        }
    }

    private void Refuse(Box box)
    {
        if (!box.Closed && partition.Exists)
            return;

        // A closed box goes when no id can be delivered any more that is older than it; so a mailbox without a box is
        // created by a young id only, and a late retry cannot bring a deleted mailbox back.
        var oldest = MessageId.FirstAt(time.GetUtcNow() - options.TombstoneAge);
        for (var i = taken.Count - 1; i >= 0; i--)
        {
            if (box.Closed || taken[i].Delivery.Message.Id < oldest)
                End(i, AppendResult.Closed);
        }
    }

    private async ValueTask RefuseOverQuotaAsync(Box box)
    {
        var bytes = box.Bytes;
        for (var i = 0; i < taken.Count;)
        {
            var delivery = taken[i].Delivery;
            var size = SizeOf(delivery);
            if (delivery.Quota > 0 && bytes + size > delivery.Quota)
            {
                // What is there already is not refused afterwards.
                if (await ReadEntryAsync(delivery) is null)
                    End(i, AppendResult.Full);
                else
                    await EndDeliveredBeforeAsync(i);
                continue;
            }

            bytes += size;
            i++;
        }
    }

    private static long SizeOf(Delivery delivery) => EntryRow.SizeOf(delivery.Message.Body, delivery.DeliveredTo);

    private RowBatch Plan(Box box, out Box next)
    {
        var bytes = box.Bytes;
        foreach (var append in taken)
            bytes += SizeOf(append.Delivery);
        next = box with { Sequence = box.Sequence + taken.Count, Messages = box.Messages + taken.Count, Bytes = bytes };

        var batch = partition.Begin(next);
        var sequence = box.Sequence;
        foreach (var append in taken)
        {
            var (message, deliveredTo, _) = append.Delivery;
            batch.Insert(MailboxKeys.Entry(message.Id), new EntryRow(++sequence, message.Body, deliveredTo).Encode());
            if (!message.Body.Shared)
                batch.Require(message.Body);
        }

        return batch;
    }

    private int IndexOfBody(int required)
    {
        for (var i = 0; i < taken.Count; i++)
        {
            if (!taken[i].Delivery.Message.Body.Shared && required-- == 0)
                return i;
        }

        throw new InvalidOperationException("the store misses a body that no delivery requires");
    }

    /// <summary>A message that was delivered before and deleted since has no body any more, but its tombstone answers.</summary>
    private async ValueTask EndWithoutBodyAsync(int index)
    {
        if (await ReadEntryAsync(taken[index].Delivery) is null)
            End(index, AppendResult.BodyMissing);
        else
            await EndDeliveredBeforeAsync(index);
    }

    /// <summary>The entry is there, or its tombstone. Whether it uses this body decides who may give the body up.</summary>
    private async ValueTask EndDeliveredBeforeAsync(int index)
    {
        var delivery = taken[index].Delivery;
        var row = await ReadEntryAsync(delivery);
        var uses = row is not null && EntryRow.Decode(row.Value) is { } entry && IsSame(entry.Body, delivery.Message.Body);
        End(index, uses ? AppendResult.Done : AppendResult.HadBefore);
    }

    private ValueTask<Row?> ReadEntryAsync(Delivery delivery) => rows.ReadAsync(partition.KeyOf(MailboxKeys.Entry(delivery.Message.Id)));

    // Shared or not is no part of a body's identity.
    private static bool IsSame(BodyRef one, BodyRef other) => one with { Shared = other.Shared } == other;

    private void End(int index, AppendResult result)
    {
        var append = taken[index];
        taken.RemoveAt(index);
        append.SetResult(result);
    }

    // Asynchronously: the next commit begins before the replies of the last one go out.
    private sealed class Append(Delivery delivery, long since) : TaskCompletionSource<AppendResult>(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public long Since { get; } = since;

        public Delivery Delivery { get; } = delivery;

        /// <summary>The call whose trace the commit belongs to; null when nothing is traced.</summary>
        public Activity? Caller { get; } = Activity.Current;
    }
}
