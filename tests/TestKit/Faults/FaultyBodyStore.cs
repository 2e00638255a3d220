using System.IO.Pipelines;
using Orleans.Mail.Storage;

namespace Orleans.Mail.TestKit.Faults;

/// <summary>A body store that fails on demand.</summary>
public sealed class FaultyBodyStore(IBodyStore inner) : IBodyStore
{
    /// <summary>What happens to puts. An error comes after the first octets have been taken, as on a full disk.</summary>
    public FaultPlan Puts { get; } = new();

    /// <summary>What happens to reads and scans.</summary>
    public FaultPlan Reads { get; } = new();

    /// <summary>What happens to deletions.</summary>
    public FaultPlan Deletes { get; } = new();

    public async ValueTask<BodyRef> PutAsync(PipeReader body, BodyHint hint, CancellationToken cancellationToken)
    {
        try
        {
            return await FaultyCall.RunAsync(
                Puts, () => inner.PutAsync(body, hint, cancellationToken), null, cancellationToken);
        }
        catch (StorageException)
        {
            if (body.TryRead(out var read))
                body.AdvanceTo(read.Buffer.End);
            throw;
        }
    }

    public ValueTask<Stream> OpenReadAsync(BodyRef body, BodyRange range, CancellationToken cancellationToken) =>
        FaultyCall.RunAsync(Reads, () => inner.OpenReadAsync(body, range, cancellationToken), null, cancellationToken);

    public async ValueTask DeleteAsync(BodyRef body, CancellationToken cancellationToken) =>
        await FaultyCall.RunAsync(Deletes, () => DeleteInnerAsync(body, cancellationToken), null, cancellationToken);

    public ValueTask<BodyPage> ScanAsync(string? cursor, int limit, CancellationToken cancellationToken) =>
        FaultyCall.RunAsync(Reads, () => inner.ScanAsync(cursor, limit, cancellationToken), null, cancellationToken);

    public ValueTask<BodyUsage> ReadUsageAsync(CancellationToken cancellationToken) =>
        FaultyCall.RunAsync(Reads, () => inner.ReadUsageAsync(cancellationToken), null, cancellationToken);

    private async ValueTask<bool> DeleteInnerAsync(BodyRef body, CancellationToken cancellationToken)
    {
        await inner.DeleteAsync(body, cancellationToken);
        return true;
    }
}
