using System.Diagnostics;
using System.IO.Pipelines;

namespace Orleans.Mail.Storage.Tracing;

/// <summary>Spans <c>store.put</c>, <c>store.open</c> and <c>store.delete</c>.</summary>
internal sealed class TracedBodyStore(IBodyStore inner) : IBodyStore
{
    public async ValueTask<BodyRef> PutAsync(PipeReader body, BodyHint hint, CancellationToken cancellationToken)
    {
        using var span = Start("store.put");
        try
        {
            var stored = await inner.PutAsync(body, hint, cancellationToken);
            span?.SetTag("mail.size", stored.Size);
            return stored;
        }
        catch (Exception failure)
        {
            span.Fail(failure);
            throw;
        }
    }

    public async ValueTask<Stream> OpenReadAsync(BodyRef body, BodyRange range, CancellationToken cancellationToken)
    {
        using var span = Start("store.open");
        try
        {
            return await inner.OpenReadAsync(body, range, cancellationToken);
        }
        catch (Exception failure)
        {
            span.Fail(failure);
            throw;
        }
    }

    public async ValueTask DeleteAsync(BodyRef body, CancellationToken cancellationToken)
    {
        using var span = Start("store.delete");
        try
        {
            await inner.DeleteAsync(body, cancellationToken);
        }
        catch (Exception failure)
        {
            span.Fail(failure);
            throw;
        }
    }

    public ValueTask<BodyPage> ScanAsync(string? cursor, int limit, CancellationToken cancellationToken) => inner.ScanAsync(cursor, limit, cancellationToken);

    public ValueTask<BodyUsage> ReadUsageAsync(CancellationToken cancellationToken) => inner.ReadUsageAsync(cancellationToken);

    private static Activity? Start(string name) => StoreTracing.Source.StartActivity(name, ActivityKind.Client);
}
