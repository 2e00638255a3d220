using System.Collections.Concurrent;

namespace Orleans.Mail.Storage.Sqlite;

/// <summary>The bodies that wait for their first batch, and the memory that they may use together. Only the writer thread removes.</summary>
internal sealed class PendingBodies(long budget)
{
    private readonly ConcurrentDictionary<long, PendingBody> bodies = new();
    private long reserved;
    private int files;

    /// <summary>Waiting bodies that are files.</summary>
    public int Files => Volatile.Read(ref files);

    /// <summary>Octets of memory in use.</summary>
    public long Reserved => Volatile.Read(ref reserved);

    public bool TryReserve(long length)
    {
        if (Interlocked.Add(ref reserved, length) <= budget)
            return true;
        Interlocked.Add(ref reserved, -length);
        return false;
    }

    public void Unreserve(long length) => Interlocked.Add(ref reserved, -length);

    public void Add(PendingBody body)
    {
        bodies[body.Id] = body;
        if (body.Place == BodyPlace.File)
            Interlocked.Increment(ref files);
    }

    public bool Contains(long id) => bodies.ContainsKey(id);

    public PendingBody? Find(long id) => bodies.GetValueOrDefault(id);

    public bool Remove(long id)
    {
        if (!bodies.TryRemove(id, out var body))
            return false;
        body.Release();
        Unreserve(body.Reserved);
        if (body.Place == BodyPlace.File)
            Interlocked.Decrement(ref files);
        return true;
    }

    /// <summary>Those put before <paramref name="time"/>.</summary>
    public IEnumerable<PendingBody> PutBefore(DateTimeOffset time) => bodies.Values.Where(body => body.Created < time);

    public void Clear()
    {
        foreach (var id in bodies.Keys)
            Remove(id);
    }
}
