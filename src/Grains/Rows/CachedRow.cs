using Orleans.Mail.Storage;

namespace Orleans.Mail.Grains;

/// <summary>A record that a row holds.</summary>
internal interface IRecord<TSelf>
    where TSelf : class, IRecord<TSelf>
{
    ReadOnlyMemory<byte> Encode();

    static abstract TSelf Decode(ReadOnlyMemory<byte> value);
}

/// <summary>The one row that a reentrant grain owns, with the activation's copy of it. Writers take turns before they use it.</summary>
internal sealed class CachedRow<T>(RowKey key, SettledRows rows, TimeProvider time)
    where T : class, IRecord<T>
{
    private Task? reading;
    private bool known;
    private ETag etag;
    private long readAt;
    private int changes;

    /// <summary>The copy: the record, or null when the row does not exist.</summary>
    public T? Value { get; private set; }

    /// <summary>Whether the copy is what the store holds, as far as this activation can know.</summary>
    public bool IsKnown => known;

    /// <summary>Changes with every write of the row.</summary>
    public string Version => etag.Value;

    /// <summary>Reads the row, unless the copy is known and not older than <paramref name="age"/>.</summary>
    public async ValueTask<T?> ReadAsync(TimeSpan age)
    {
        if (known && time.GetElapsedTime(readAt) <= age)
            return Value;
        do
            await ReadRowAsync();
        while (!known); // a write began meanwhile, and then what was read says nothing
        return Value;
    }

    /// <summary>The copy, or the row when there is none.</summary>
    public ValueTask<T?> ReadAsync() => known ? new(Value) : ReadAsync(TimeSpan.Zero);

    /// <summary>Reads the row, whatever the copy says.</summary>
    public async ValueTask<T?> RefreshAsync()
    {
        known = false;
        return await ReadAsync(TimeSpan.Zero);
    }

    /// <summary>Inserts or replaces the row if it is as the copy says; false when it was not, and the copy is forgotten.</summary>
    /// <param name="next">The record.</param>
    /// <param name="beside">Adds writes of the same partition that belong to the same commit.</param>
    public ValueTask<bool> WriteAsync(T next, Action<RowBatch>? beside = null)
    {
        var batch = new RowBatch(key.Partition);
        batch = Value is null ? batch.Insert(key.Key, next.Encode()) : batch.Replace(key.Key, next.Encode(), etag);
        beside?.Invoke(batch);
        return CommitAsync(batch, next);
    }

    /// <summary>Deletes the row if it is as the copy says; false when it was not, and the copy is forgotten.</summary>
    public ValueTask<bool> DeleteAsync(Action<RowBatch>? beside = null)
    {
        var batch = new RowBatch(key.Partition).Delete(key.Key, etag);
        beside?.Invoke(batch);
        return CommitAsync(batch, null);
    }

    private async ValueTask<bool> CommitAsync(RowBatch batch, T? next)
    {
        known = false; // until the outcome is certain
        changes++;
        var result = await rows.CommitAsync(batch);
        known = false; // a read that ended before the commit did is void
        changes++;
        if (result.Outcome != CommitOutcome.Done)
            return false;
        Accept(next, result.ETags[0]);
        return true;
    }

    private Task ReadRowAsync()
    {
        var read = reading ?? ReadAndAcceptAsync();
        if (!read.IsCompleted)
            reading = read;
        return read;
    }

    private async Task ReadAndAcceptAsync()
    {
        var before = changes;
        try
        {
            var row = await rows.ReadAsync(key);
            if (before == changes)
                Accept(row is null ? null : T.Decode(row.Value), row?.ETag ?? default);
        }
        finally
        {
            reading = null;
        }
    }

    private void Accept(T? value, ETag tag)
    {
        Value = value;
        etag = tag;
        readAt = time.GetTimestamp();
        known = true;
    }
}
