using System.Net;

namespace Orleans.Mail.Relay.Connections;

/// <summary>
/// Connections that wait a moment for another message, by address and route: two domains at one host share what it
/// bears only when their routes are the same. The one that came last goes first, so that the others may end. An address
/// is kept busy with a few of them only, however many domains live there: a host has only so many sessions.
/// </summary>
internal sealed class ConnectionPool : IDisposable
{
    private static readonly TimeSpan Round = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();
    private readonly Dictionary<IPEndPoint, List<Idle>> idle = [];
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
        while (TakeLast(host.EndPoint, route) is { } connection)
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
        var left = connection.Messages >= options.MaxMessages ? connection : Keep(host.EndPoint, new Idle(connection, route, time.GetTimestamp()));
        left?.Quit();
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

    private PeerConnection? TakeLast(IPEndPoint address, string route)
    {
        lock (gate)
        {
            if (!idle.TryGetValue(address, out var waiting))
                return null;
            var last = waiting.FindLastIndex(each => each.Route == route);
            if (last < 0)
                return null;
            var connection = waiting[last].Connection;
            waiting.RemoveAt(last);
            count--;
            return connection;
        }
    }

    // The one for which there is no room: this one, or the one that has waited longest at its address.
    private PeerConnection? Keep(IPEndPoint address, Idle given)
    {
        lock (gate)
        {
            if (disposed || count >= options.MaxIdleConnections)
                return given.Connection;
            if (!idle.TryGetValue(address, out var waiting))
                idle.Add(address, waiting = []);
            if (!runs)
                runs = timer.Change(Round, Round);
            waiting.Add(given);
            if (waiting.Count <= options.MaxIdlePerAddress)
            {
                count++;
                return null;
            }

            var oldest = waiting[0].Connection;
            waiting.RemoveAt(0);
            return oldest;
        }
    }

    private void CloseOld()
    {
        List<PeerConnection> old = [];
        lock (gate)
        {
            foreach (var (address, waiting) in idle)
            {
                var fresh = waiting.FindIndex(each => time.GetElapsedTime(each.Since) < options.IdleTime);
                var gone = fresh < 0 ? waiting.Count : fresh;
                old.AddRange(waiting.Take(gone).Select(each => each.Connection));
                waiting.RemoveRange(0, gone);
                if (waiting.Count == 0)
                    idle.Remove(address); // a Dictionary bears removals while it is walked
            }

            count -= old.Count;
            if (idle.Count == 0 && !disposed)
                runs = !timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }

        old.ForEach(connection => connection.Quit());
    }

    private readonly record struct Idle(PeerConnection Connection, string Route, long Since);
}
