using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Orleans.Mail.TestKit.Dns;

/// <summary>A DNS server on loopback, over UDP and TCP on one port, that answers from a small table as a recursive server would, and fails on demand.</summary>
public sealed class DnsServer : IAsyncDisposable
{
    private const int Success = 0;
    private const int ServerFailure = 2;
    private const int NoSuchName = 3;
    private const int Refused = 5;
    private const int MaxChain = 16;

    private readonly CancellationTokenSource stopping = new();
    private readonly ConcurrentDictionary<string, DnsRecord[]> zone = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, DnsFault> faults = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, TaskCompletionSource> held = new(StringComparer.Ordinal);
    private readonly Socket datagrams;
    private readonly TcpListener connections;
    private readonly Task[] serving;

    public DnsServer()
    {
        (datagrams, connections) = Bind();
        EndPoint = (IPEndPoint)datagrams.LocalEndPoint!;
        serving = [Task.Run(ServeDatagramsAsync), Task.Run(ServeConnectionsAsync)];
    }

    public IPEndPoint EndPoint { get; }

    /// <summary>The questions so far: <c>example.test MX udp</c>.</summary>
    public ConcurrentQueue<string> Questions { get; } = new();

    /// <summary>The SOA minimum of negative answers, in seconds; null = they have no SOA. Default: 300.</summary>
    public uint? NegativeTime { get; set; } = 300;

    /// <summary>Whether an alias is answered together with its target. Default: yes.</summary>
    public bool FollowsAliases { get; set; } = true;

    /// <summary>Changes the octets of every answer; null = they go as they are.</summary>
    public Func<byte[], byte[]>? Bend { get; set; }

    /// <summary>Adds records of a name: <c>MX 10 mx.test</c>, <c>A 192.0.2.1</c>, <c>AAAA 2001:db8::1</c>, <c>CNAME other.test</c>.</summary>
    public DnsServer Add(string name, params string[] records) => Add(name, 3600, records);

    public DnsServer Add(string name, uint timeToLive, params string[] records)
    {
        var added = records.Select(text => DnsRecord.Parse(name, text, timeToLive)).ToArray();
        zone.AddOrUpdate(name, added, (_, before) => [.. before, .. added]);
        return this;
    }

    public DnsServer Remove(string name)
    {
        zone.TryRemove(name, out _);
        return this;
    }

    /// <summary>From now on questions about the name fail so; <paramref name="type"/> (<c>A</c>) restricts it to one type.</summary>
    public DnsServer Break(string name, DnsFault fault, string type = "")
    {
        faults[name + type] = fault;
        return this;
    }

    public DnsServer Mend(string name, string type = "")
    {
        faults.TryRemove(name + type, out _);
        return this;
    }

    /// <summary>Answers about the name wait until the result is completed.</summary>
    public TaskCompletionSource Hold(string name) => held[name] = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        datagrams.Dispose();
        connections.Dispose();
        await Task.WhenAll(serving);
        stopping.Dispose();
    }

    private static (Socket Datagrams, TcpListener Connections) Bind()
    {
        while (true)
        {
            var connections = new TcpListener(IPAddress.Loopback, 0);
            connections.Start();
            var datagrams = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            try
            {
                datagrams.Bind(connections.LocalEndpoint);
                return (datagrams, connections);
            }
            catch (SocketException)
            {
                datagrams.Dispose(); // somebody has that port for UDP: another one
                connections.Dispose();
            }
        }
    }

    private async Task ServeDatagramsAsync()
    {
        var buffer = new byte[4096];
        var any = new IPEndPoint(IPAddress.Any, 0);
        try
        {
            while (true)
            {
                var received = await datagrams.ReceiveFromAsync(buffer, any, stopping.Token);
                var query = buffer[..received.ReceivedBytes];
                _ = Task.Run(() => AnswerDatagramAsync(query, received.RemoteEndPoint));
            }
        }
        catch (Exception exception) when (stopping.IsCancellationRequested && exception is OperationCanceledException or SocketException or InvalidOperationException)
        {
            return; // stopped
        }
    }

    private async Task AnswerDatagramAsync(byte[] query, EndPoint client)
    {
        try
        {
            if (await AnswerAsync(query, "udp") is { } answer)
                await datagrams.SendToAsync(answer, client, stopping.Token);
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            return; // stopped
        }
    }

    private async Task ServeConnectionsAsync()
    {
        try
        {
            while (true)
            {
                var client = await connections.AcceptTcpClientAsync(stopping.Token);
                _ = Task.Run(() => AnswerConnectionAsync(client));
            }
        }
        catch (Exception exception) when (stopping.IsCancellationRequested && exception is OperationCanceledException or SocketException or InvalidOperationException)
        {
            return; // stopped
        }
    }

    private async Task AnswerConnectionAsync(TcpClient client)
    {
        using (client)
        {
            var stream = client.GetStream();
            var length = new byte[2];
            try
            {
                while (true)
                {
                    await stream.ReadExactlyAsync(length, stopping.Token);
                    var query = new byte[BinaryPrimitives.ReadUInt16BigEndian(length)];
                    await stream.ReadExactlyAsync(query, stopping.Token);
                    if (await AnswerAsync(query, "tcp") is not { } answer)
                        continue;
                    BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)answer.Length);
                    await stream.WriteAsync((byte[])[.. length, .. answer], stopping.Token);
                }
            }
            catch (Exception exception) when (exception is OperationCanceledException or IOException or ObjectDisposedException)
            {
                return; // the client has gone, or the server stops
            }
        }
    }

    private async Task<byte[]?> AnswerAsync(byte[] query, string transport)
    {
        var (name, type, end) = DnsAnswer.ReadQuestion(query);
        var typeName = TypeName(type);
        Questions.Enqueue($"{name} {typeName} {transport}");
        if (held.TryGetValue(name, out var hold))
            await hold.Task.WaitAsync(stopping.Token);
        if (!faults.TryGetValue(name + typeName, out var fault) && !faults.TryGetValue(name, out fault))
        {
            var answer = Look(query, name, type, end);
            return Bend is { } bend ? bend(answer) : answer;
        }

        return fault switch
        {
            DnsFault.Silence => null,
            DnsFault.Garbage => [.. query[..2], 0x81, 0x80, 0, 1, 0, 9, 0, 0, 0, 0, .. Enumerable.Repeat((byte)0x3f, 20)],
            DnsFault.Truncation when transport == "udp" => DnsAnswer.Write(query, end, Success, [], null, truncated: true),
            DnsFault.Truncation => Look(query, name, type, end),
            DnsFault.Refused => DnsAnswer.Write(query, end, Refused, [], null),
            _ => DnsAnswer.Write(query, end, ServerFailure, [], null),
        };
    }

    private byte[] Look(byte[] query, string name, ushort type, int end)
    {
        var answers = new List<DnsRecord>();
        for (var i = 0; i < MaxChain; i++)
        {
            if (!zone.TryGetValue(name, out var records))
            {
                var exists = zone.Keys.Any(known => known.EndsWith("." + name, StringComparison.Ordinal));
                return DnsAnswer.Write(query, end, exists ? Success : NoSuchName, answers, NegativeTime);
            }

            var asked = records.Where(record => record.Type == type).ToArray();
            answers.AddRange(asked);
            if (asked.Length > 0)
                break;
            if (records.FirstOrDefault(record => record.Type == DnsRecord.Cname) is not { } alias)
                return DnsAnswer.Write(query, end, Success, answers, NegativeTime);
            answers.Add(alias);
            if (!FollowsAliases)
                break;
            name = alias.Target;
        }

        return DnsAnswer.Write(query, end, Success, answers, null);
    }

    private static string TypeName(ushort type) => type switch
    {
        DnsRecord.A => "A",
        DnsRecord.Aaaa => "AAAA",
        DnsRecord.Mx => "MX",
        _ => $"TYPE{type}",
    };
}
