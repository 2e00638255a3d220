using System.Globalization;
using System.IO.Pipelines;
using Orleans.Mail.Storage;

namespace Orleans.Mail.TestKit;

/// <summary>Bodies in memory: like the embedded store, a body becomes durable with the first batch that requires it.</summary>
public sealed class MemoryBodyStore(TimeProvider time) : IBodyStore
{
    private readonly Lock gate = new();
    private readonly SortedDictionary<ulong, Body> bodies = [];
    private ulong last;

    /// <summary>Bodies that no batch has required yet.</summary>
    public int Pending
    {
        get
        {
            lock (gate)
                return bodies.Values.Count(body => !body.Durable);
        }
    }

    public async ValueTask<BodyRef> PutAsync(PipeReader body, BodyHint hint, CancellationToken cancellationToken)
    {
        var bytes = new MemoryStream();
        await body.CopyToAsync(bytes, cancellationToken);
        return Put(bytes.ToArray(), hint);
    }

    /// <summary>Puts a body whose octets are at hand.</summary>
    public BodyRef Put(ReadOnlyMemory<byte> bytes, BodyHint hint)
    {
        lock (gate)
        {
            bodies.Add(++last, new Body(bytes, time.GetUtcNow(), hint.SoleHolder));
            return new BodyRef(0, last, bytes.Length, BodyPlace.Row, Shared: false);
        }
    }

    public ValueTask<Stream> OpenReadAsync(BodyRef body, BodyRange range, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            if (!bodies.TryGetValue(body.Low, out var found))
                throw new StorageException($"body {body.Low} is not there");
            var from = (int)Math.Min(range.Offset, found.Bytes.Length);
            var length = (int)Math.Min(range.Length ?? long.MaxValue, found.Bytes.Length - from);
            return ValueTask.FromResult<Stream>(new MemoryStream(found.Bytes.Slice(from, length).ToArray(), writable: false));
        }
    }

    public ValueTask DeleteAsync(BodyRef body, CancellationToken cancellationToken)
    {
        lock (gate)
            bodies.Remove(body.Low);
        return ValueTask.CompletedTask;
    }

    public ValueTask<BodyPage> ScanAsync(string? cursor, int limit, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, StoreLimits.PageRows);
        var after = cursor is null ? 0 : ulong.Parse(cursor, CultureInfo.InvariantCulture);
        lock (gate)
        {
            var found = bodies
                .Where(pair => pair.Key > after && pair.Value.Durable)
                .Take(limit + 1)
                .Select(pair => new StoredBody(
                    new BodyRef(0, pair.Key, pair.Value.Bytes.Length, BodyPlace.Row, Shared: false),
                    pair.Value.Created,
                    pair.Value.SoleHolder))
                .ToList();
            if (found.Count <= limit)
                return ValueTask.FromResult(new BodyPage(found, null));
            found.RemoveAt(limit);
            return ValueTask.FromResult(new BodyPage(found, found[^1].Body.Low.ToString(CultureInfo.InvariantCulture)));
        }
    }

    public ValueTask<BodyUsage> ReadUsageAsync(CancellationToken cancellationToken)
    {
        lock (gate)
        {
            var durable = bodies.Values.Where(body => body.Durable).ToList();
            return ValueTask.FromResult(new BodyUsage(durable.Count, durable.Sum(body => (long)body.Bytes.Length), 0));
        }
    }

    /// <summary>Gives up the bodies that no batch has required, as a restart or a long wait does.</summary>
    public void DropPending()
    {
        lock (gate)
        {
            foreach (var (id, _) in bodies.Where(pair => !pair.Value.Durable).ToList())
                bodies.Remove(id);
        }
    }

    /// <summary>Makes a body durable although nobody holds it: what a sweep must find.</summary>
    public BodyRef PutOrphan(ReadOnlyMemory<byte> bytes, BodyHint hint)
    {
        var body = Put(bytes, hint);
        MakeDurable([body]);
        return body;
    }

    public bool Exists(BodyRef body)
    {
        lock (gate)
            return bodies.ContainsKey(body.Low);
    }

    internal int? FindMissing(IReadOnlyList<BodyRef> required)
    {
        lock (gate)
        {
            for (var i = 0; i < required.Count; i++)
            {
                if (!bodies.ContainsKey(required[i].Low))
                    return i;
            }

            return null;
        }
    }

    internal void MakeDurable(IReadOnlyList<BodyRef> required)
    {
        lock (gate)
        {
            foreach (var body in required)
                bodies[body.Low].Durable = true;
        }
    }

    private sealed class Body(ReadOnlyMemory<byte> bytes, DateTimeOffset created, RowKey? soleHolder)
    {
        public ReadOnlyMemory<byte> Bytes { get; } = bytes;

        public DateTimeOffset Created { get; } = created;

        public RowKey? SoleHolder { get; } = soleHolder;

        public bool Durable { get; set; }
    }
}
