using System.IO.Pipelines;
using System.Text;
using Orleans.Mail.Storage;

namespace Orleans.Mail.Gateway.Tests.Pop3;

/// <summary>Bodies in memory, read in pieces of any length.</summary>
internal sealed class FakeBodies : IBodyStore
{
    private readonly Dictionary<ulong, byte[]> bodies = [];

    /// <summary>Octets that one read gives at most.</summary>
    public int MaxRead { get; set; } = int.MaxValue;

    /// <summary>Opening fails.</summary>
    public bool Fails { get; set; }

    /// <summary>Reading fails after so many octets; null = never.</summary>
    public long? FailsAfter { get; set; }

    /// <summary>Reading waits for it.</summary>
    public Task Until { get; set; } = Task.CompletedTask;

    /// <summary>Streams that are open now.</summary>
    public int Open { get; private set; }

    public BodyRef Add(string text) => Add(Encoding.UTF8.GetBytes(text));

    public BodyRef Add(byte[] octets)
    {
        bodies.Add((ulong)bodies.Count + 1, octets);
        return new(0, (ulong)bodies.Count, octets.Length, BodyPlace.Row, false);
    }

    /// <summary>Cuts a stored body short.</summary>
    public void Cut(BodyRef body, int octets) => bodies[body.Low] = bodies[body.Low][..octets];

    public ValueTask<Stream> OpenReadAsync(BodyRef body, BodyRange range, CancellationToken cancellationToken)
    {
        if (Fails || !bodies.TryGetValue(body.Low, out var octets))
            return ValueTask.FromException<Stream>(new StorageException("the body cannot be opened"));
        Open++;
        return new(new BodyStream(this, octets));
    }

    public ValueTask<BodyRef> PutAsync(PipeReader body, BodyHint hint, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask DeleteAsync(BodyRef body, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<BodyPage> ScanAsync(string? cursor, int limit, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<BodyUsage> ReadUsageAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    private sealed class BodyStream(FakeBodies store, byte[] octets) : MemoryStream(octets, writable: false)
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await Task.Yield();
            await store.Until;
            if (Position >= store.FailsAfter)
                throw new StorageException("the body cannot be read on");
            return await base.ReadAsync(buffer[..Math.Min(buffer.Length, store.MaxRead)], cancellationToken);
        }

        protected override void Dispose(bool disposing)
        {
            store.Open--;
            base.Dispose(disposing);
        }
    }
}
