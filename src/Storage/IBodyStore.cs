using System.IO.Pipelines;

namespace Orleans.Mail.Storage;

/// <summary>Message bodies: written once, never changed. Every method throws <see cref="StorageException"/> when the store is in trouble.</summary>
public interface IBodyStore
{
    /// <summary>
    /// Takes a body of any length in bounded memory. It is durable at the latest with the first batch that requires it
    /// (<see cref="RowBatch.Requires"/>). If the reader ends with an exception, so does this, and nothing stays.
    /// A body that no batch requires within a few minutes may be given up. Completing the reader is left to the caller.
    /// </summary>
    ValueTask<BodyRef> PutAsync(PipeReader body, BodyHint hint, CancellationToken cancellationToken);

    /// <summary>The bytes of a body or of a part of it, also while it is not yet durable. The stream knows its length. Throws <see cref="StorageException"/> when the body is not there.</summary>
    ValueTask<Stream> OpenReadAsync(BodyRef body, BodyRange range, CancellationToken cancellationToken);

    /// <summary>Deletes a body. Idempotent.</summary>
    ValueTask DeleteAsync(BodyRef body, CancellationToken cancellationToken);

    /// <summary>A page of all durable bodies, in the store's own order. For the sweep.</summary>
    ValueTask<BodyPage> ScanAsync(string? cursor, int limit, CancellationToken cancellationToken);

    /// <summary>Bodies and bytes that live in the store. Asking costs nothing: a shared store says what the last complete scan of this process counted.</summary>
    ValueTask<BodyUsage> ReadUsageAsync(CancellationToken cancellationToken);
}

/// <summary>What is known of a body before it is stored.</summary>
/// <param name="SoleHolder">The row that will be its only holder, when there is just one: kept with the body, so that the sweep finds it. Null: holders will be rows.</param>
public readonly record struct BodyHint(RowKey? SoleHolder);

/// <summary>A part of a body.</summary>
/// <param name="Offset">The first octet.</param>
/// <param name="Length">Octets at most; null = to the end.</param>
public readonly record struct BodyRange(long Offset, long? Length)
{
    public static readonly BodyRange All = new(0, null);
}

/// <param name="Body">The body; whether it is shared is not the store's knowledge, and false here.</param>
/// <param name="Created">When it was put.</param>
/// <param name="SoleHolder">As it was hinted.</param>
public sealed record StoredBody(BodyRef Body, DateTimeOffset Created, RowKey? SoleHolder);

/// <param name="Bodies">The bodies.</param>
/// <param name="Next">The cursor of the next page; null at the end.</param>
public sealed record BodyPage(IReadOnlyList<StoredBody> Bodies, string? Next);

/// <param name="Bodies">How many.</param>
/// <param name="Bytes">Their octets together.</param>
/// <param name="Pending">Bodies spilled to a file that wait to be committed.</param>
public sealed record BodyUsage(long Bodies, long Bytes, int Pending);
