using System.Net;

namespace Orleans.Mail.Relay.Connections;

/// <summary>
/// Connections that wait a moment for another message, by address and route: two domains at one host share what it
/// bears only when their routes are the same. The one that came last goes first, so that the others may end.
/// </summary>
internal sealed class ConnectionPool : IDisposable
{
    private static readonly TimeSpan Round = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();
    private readonly Dictionary<Key, List<Idle>> idle = [];
    private readonly RelayOptions options;
    private readonly TimeProvider time;
    private readonly ITimer timer;
    private int count;
    private bool runs;
    private bool disposed;

    public ConnectionPool(RelayOptions options, TimeProvider time)
    {
        this.options = options;
        this.time = time;
        timer = time.CreateTimer(static pool => ((ConnectionPool)pool!).CloseOld(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Connections that wait.</summary>
    public int Count => Volatile.Read(ref count);

    /// <summary>A connection that can be used, or null.</summary>
    public PeerConnection? Take(RelayHost host, string route)
    {
        while (TakeLast(new Key(host.EndPoint, route)) is { } connection)
        {
            if (!connection.IsStale)
                return connection;
            connection.Dispose();
        }

        return null;
    }

    /// <summary>Keeps a connection for the next message, or closes it.</summary>
    public void Give(RelayHost host, string route, PeerConnection connection)
    {
        connection.Rest();
        if (connection.Messages >= options.MaxMessages || !TryKeep(new Key(host.EndPoint, route), connection))
            connection.Quit();
    }

    public void Dispose()
    {
        List<Idle> all;
        lock (gate)
        {
            disposed = true;
            all = [.. idle.Values.SelectMany(each => each)];
            idle.Clear();
            count = 0;
        }

        timer.Dispose();
        all.ForEach(each => each.Connection.Quit());
    }

    private PeerConnection? TakeLast(Key key)
    {
        lock (gate)
        {
            if (!idle.TryGetValue(key, out var waiting) || waiting.Count == 0)
                return null;
            var last = waiting[^1];
            waiting.RemoveAt(waiting.Count - 1);
            count--;
            return last.Connection;
        }
    }

    private bool TryKeep(Key key, PeerConnection connection)
    {
        lock (gate)
        {
            if (disposed || count >= options.MaxIdleConnections)
                return false;
            if (!idle.TryGetValue(key, out var waiting))
                idle.Add(key, waiting = []);
            if (!runs)
                runs = timer.Change(Round, Round);
            waiting.Add(new Idle(connection, time.GetTimestamp()));
            count++;
            return true;
        }
    }

    private void CloseOld()
    {
        List<PeerConnection> old = [];
        lock (gate)
        {
            foreach (var (key, waiting) in idle)
            {
                var fresh = waiting.FindIndex(each => time.GetElapsedTime(each.Since) < options.IdleTime);
                var gone = fresh < 0 ? waiting.Count : fresh;
                old.AddRange(waiting.Take(gone).Select(each => each.Connection));
                waiting.RemoveRange(0, gone);
                if (waiting.Count == 0)
                    idle.Remove(key); // a Dictionary bears removals while it is walked
            }

            count -= old.Count;
            if (idle.Count == 0 && !disposed)
                runs = !timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }

        old.ForEach(connection => connection.Quit());
    }

    private readonly record struct Key(IPEndPoint EndPoint, string Route);

    private readonly record struct Idle(PeerConnection Connection, long Since);
}
