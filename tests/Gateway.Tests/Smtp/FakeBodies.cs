using System.IO.Pipelines;
using Orleans.Mail.Storage;

namespace Orleans.Mail.Gateway.Tests.Smtp;

/// <summary>Bodies in memory.</summary>
internal sealed class FakeBodies : IBodyStore
{
    private readonly Dictionary<ulong, (byte[] Octets, BodyHint Hint)> bodies = [];
    private ulong last;

    /// <summary>Octets after which a put fails; null = none does.</summary>
    public long? FailAfter { get; set; }

    /// <summary>A put that reads nothing before this is done.</summary>
    public Task Gate { get; set; } = Task.CompletedTask;

    /// <summary>Puts that ended with an exception of the writer.</summary>
    public int GivenUp { get; private set; }

    public int Count => bodies.Count;

    public byte[] Octets(BodyRef body) => bodies[body.Low].Octets;

    public BodyHint Hint(BodyRef body) => bodies[body.Low].Hint;

    public async ValueTask<BodyRef> PutAsync(PipeReader body, BodyHint hint, CancellationToken cancellationToken)
    {
        await Gate;
        using var octets = new MemoryStream();
        while (true)
        {
            ReadResult read;
            try
            {
                read = await body.ReadAsync(cancellationToken);
            }
            catch (OperationCanceledException)
            {
                GivenUp++;
                throw;
            }

            foreach (var part in read.Buffer)
                octets.Write(part.Span);
            body.AdvanceTo(read.Buffer.End);
            if (octets.Length > FailAfter)
                throw new StorageException("the disk is full");
            if (read.IsCompleted)
                break;
        }

        bodies.Add(++last, (octets.ToArray(), hint));
        return new(0, last, octets.Length, BodyPlace.Row, Shared: false);
    }

    public ValueTask DeleteAsync(BodyRef body, CancellationToken cancellationToken)
    {
        bodies.Remove(body.Low);
        return ValueTask.CompletedTask;
    }

    public ValueTask<Stream> OpenReadAsync(BodyRef body, BodyRange range, CancellationToken cancellationToken)
    {
        var octets = bodies[body.Low].Octets;
        return ValueTask.FromResult<Stream>(new MemoryStream(octets, (int)range.Offset, (int)(range.Length ?? octets.Length - range.Offset)));
    }

    public ValueTask<BodyPage> ScanAsync(string? cursor, int limit, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<BodyUsage> ReadUsageAsync(CancellationToken cancellationToken) => throw new NotSupportedException();
}
