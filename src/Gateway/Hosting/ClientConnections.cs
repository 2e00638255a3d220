using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Net;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Orleans.Mail.Gateway.Hosting;

/// <summary>
/// All connections of the gateway: counts them against the limits, beats their clocks once a second, and drains them
/// when the gateway stops.
/// </summary>
public sealed partial class ClientConnections : IHostedLifecycleService
{
    private readonly LimitOptions limits;
    private readonly GatewayOptions gateway;
    private readonly TimeProvider time;
    private readonly ILogger<ClientConnections> logger;
    private readonly ConcurrentDictionary<ClientConnection, ProtocolKind> open = new();
    private readonly ConcurrentDictionary<AddressPrefix, int> perAddress = new();
    private readonly HashSet<IPAddress> exempt;
    private readonly int[] counts = new int[Enum.GetValues<ProtocolKind>().Length];
    private readonly TaskCompletionSource drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ITimer? heartbeat;
    private long lastNumber;
    private volatile bool draining;

    public ClientConnections(LimitOptions limits, GatewayOptions gateway, TimeProvider time, ILogger<ClientConnections> logger, IMeterFactory? meters = null)
    {
        this.limits = limits;
        this.gateway = gateway;
        this.time = time;
        this.logger = logger;
        exempt = [.. limits.Exempt];
        var meter = meters?.Create("mail.connections");
        meter?.CreateObservableUpDownCounter("mail.connections.open", Measure, "{connection}", "Connections of clients, by protocol.");
    }

    /// <summary>No connection is taken in any more.</summary>
    public bool IsStopping => draining;

    /// <summary>Open connections of a protocol.</summary>
    public int Count(ProtocolKind kind) => Volatile.Read(ref counts[(int)kind]);

    /// <summary>Takes a connection in; false when there are too many in all or the gateway is stopping.</summary>
    public bool TryAdd(ClientConnection connection, ProtocolKind kind)
    {
        if (draining || open.Count >= limits.Connections)
            return false;
        connection.Number = Interlocked.Increment(ref lastNumber);
        Interlocked.Increment(ref counts[(int)kind]);
        open[connection] = kind;
        if (draining)
            connection.Drain();
        return true;
    }

    /// <summary>Counts a connection that was taken in among those of its client's address, for IPv6 its /64; false when there are too many.</summary>
    public bool TryCount(ClientConnection connection)
    {
        var count = perAddress.AddOrUpdate(ClientBudgets.PrefixOf(connection.RemoteAddress), 1, static (_, count) => count + 1);
        connection.IsCounted = true;
        return count <= limits.ConnectionsPerAddress || exempt.Contains(connection.RemoteAddress);
    }

    /// <summary>Connections of a protocol in the order in which they came, those after <paramref name="after"/>.</summary>
    internal IReadOnlyList<ClientConnection> List(ProtocolKind kind, long after, int limit) =>
        [.. open.Where(each => each.Value == kind && each.Key.Number > after).Select(each => each.Key).OrderBy(connection => connection.Number).Take(limit)];

    public void Remove(ClientConnection connection)
    {
        if (!open.TryRemove(connection, out var kind))
            return;
        Interlocked.Decrement(ref counts[(int)kind]);
        if (connection.IsCounted)
            Forget(ClientBudgets.PrefixOf(connection.RemoteAddress));
        if (draining && open.IsEmpty)
            drained.TrySetResult();
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        heartbeat = time.CreateTimer(_ => Beat(), null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
        return Task.CompletedTask;
    }

    /// <summary>Drains before anything else stops: idle sessions end now, running transactions get <see cref="GatewayOptions.DrainTimeout"/>, then are aborted.</summary>
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        draining = true;
        var began = time.GetTimestamp();
        var (found, cutOff) = (open.Count, 0);
        if (found > 0)
            LogDraining(gateway.DrainTimeout.TotalSeconds, found);
        foreach (var (connection, _) in open)
            connection.Drain();
        if (!open.IsEmpty)
            await Task.WhenAny(drained.Task, Task.Delay(gateway.DrainTimeout, time, cancellationToken));
        foreach (var (connection, _) in open)
        {
            connection.Abort("the server is stopping");
            cutOff++;
        }

        if (found > 0)
            LogDrained(time.GetElapsedTime(began).TotalSeconds, cutOff);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StoppedAsync(CancellationToken cancellationToken)
    {
        if (heartbeat is not null)
            await heartbeat.DisposeAsync();
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private IEnumerable<Measurement<int>> Measure() => Enum.GetValues<ProtocolKind>()
        .Select(kind => new Measurement<int>(Count(kind), new KeyValuePair<string, object?>("protocol", kind.ToString().ToLowerInvariant())));

    private void Beat()
    {
        var now = time.GetTimestamp();
        foreach (var (connection, _) in open)
            connection.CheckDeadlines(now);
    }

    private void Forget(AddressPrefix address)
    {
        while (perAddress.TryGetValue(address, out var count))
        {
            if (count > 1 ? perAddress.TryUpdate(address, count - 1, count) : perAddress.TryRemove(new(address, count)))
                return;
        }
    }
}
