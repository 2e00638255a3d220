using Orleans.Serialization.Serializers;
using Orleans.Storage;

namespace Orleans.Mail.Storage;

/// <summary>
/// The state of grains as rows: a partition for each grain (<c>g!grain</c>), a row for each of its states. A state
/// without an ETag is written only if there is none yet; whoever comes second gets <see cref="InconsistentStateException"/>.
/// </summary>
internal sealed class RowStoreGrainStorage(
    IRowStore rows, IGrainStorageSerializer serializer, IActivatorProvider activators) : IGrainStorage
{
    public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var row = await rows.ReadAsync(KeyOf(stateName, grainId), CancellationToken.None);
        grainState.ETag = row?.ETag.Value;
        grainState.RecordExists = row is not null;
        grainState.State = row is null ? NewState<T>() : serializer.Deserialize<T>(new BinaryData(row.Value));
    }

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var key = KeyOf(stateName, grainId);
        var value = serializer.Serialize(grainState.State).ToMemory();
        var batch = new RowBatch(key.Partition);
        if (grainState.ETag is { } etag)
            batch.Replace(key.Key, value, new ETag(etag));
        else
            batch.Insert(key.Key, value);
        var result = await rows.CommitSettledAsync(batch, CancellationToken.None);
        if (result.Outcome != CommitOutcome.Done)
            throw await InconsistentAsync("write", key, grainState.ETag);
        grainState.ETag = result.ETags[0].Value;
        grainState.RecordExists = true;
    }

    public async Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var key = KeyOf(stateName, grainId);
        if (grainState.ETag is { } etag)
        {
            var batch = new RowBatch(key.Partition).Delete(key.Key, new ETag(etag));
            var result = await rows.CommitSettledAsync(batch, CancellationToken.None);
            if (result.Outcome != CommitOutcome.Done)
                throw await InconsistentAsync("clear", key, grainState.ETag);
        }
        else if (await rows.ReadAsync(key, CancellationToken.None) is not null)
        {
            throw await InconsistentAsync("clear", key, grainState.ETag);
        }

        grainState.ETag = null;
        grainState.RecordExists = false;
        grainState.State = NewState<T>();
    }

    private static RowKey KeyOf(string stateName, GrainId grainId) =>
        new(LongKey.Fit("g!" + KeyText.Escape(grainId.ToString())), LongKey.Fit("s!" + KeyText.Escape(stateName)));

    private T NewState<T>() => activators.GetActivator<T>().Create();

    private async ValueTask<InconsistentStateException> InconsistentAsync(string what, RowKey key, string? current)
    {
        var stored = await rows.ReadAsync(key, CancellationToken.None);
        return new InconsistentStateException($"Cannot {what} the state {key}", stored?.ETag.Value ?? "none", current ?? "none");
    }
}
