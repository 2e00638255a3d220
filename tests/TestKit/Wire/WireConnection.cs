using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

namespace Orleans.Mail.TestKit.Wire;

/// <summary>
/// A connection in memory: a <see cref="ConnectionContext"/> for the server and the client's end for the test. The test can
/// wait until the server has taken everything and waits for more (<see cref="UntilIdleAsync"/>), so nothing sleeps for luck.
/// </summary>
public sealed class WireConnection : ConnectionContext, IDuplexPipe, IConnectionLifetimeFeature
{
    // The server runs inline in a flush of the client: after it, either the server waits for input again or it went away
    // to do something else.
    private readonly Pipe toServer = new(new PipeOptions(readerScheduler: PipeScheduler.Inline, useSynchronizationContext: false));
    private readonly Pipe toClient = new(new PipeOptions(pauseWriterThreshold: 0, useSynchronizationContext: false));
    private readonly CancellationTokenSource closed = new();
    private readonly ObservedReader input;
    private readonly CountingWriter output;
    private Task session = Task.CompletedTask;

    public WireConnection(IPAddress? remote = null, IPAddress? local = null)
    {
        input = new ObservedReader(toServer.Reader);
        output = new CountingWriter(toClient.Writer);
        RemoteEndPoint = new IPEndPoint(remote ?? IPAddress.Loopback, 40_000);
        LocalEndPoint = new IPEndPoint(local ?? IPAddress.Loopback, 25);
        Transport = this;
        ConnectionClosed = closed.Token;
        Features.Set<IConnectionLifetimeFeature>(this);
    }

    public override string ConnectionId { get; set; } = "wire-1";

    public override IFeatureCollection Features { get; } = new FeatureCollection();

    public override IDictionary<object, object?> Items { get; set; } = new Dictionary<object, object?>();

    public override IDuplexPipe Transport { get; set; }

    PipeReader IDuplexPipe.Input => input;

    PipeWriter IDuplexPipe.Output => output;

    /// <summary>How often the server sent.</summary>
    public int Flushes => output.Flushes;

    /// <summary>Why the server aborted the connection; null while it did not.</summary>
    public ConnectionAbortedException? Aborted { get; private set; }

    /// <summary>Hands the connection to the server; as in Kestrel, it closes when the server's task ends.</summary>
    public void Start(ConnectionHandler server) => session = RunAsync(server);

    /// <summary>Ends when the server has let go of the connection.</summary>
    public Task SessionAsync(CancellationToken cancellationToken) => session.WaitAsync(cancellationToken);

    public override void Abort(ConnectionAbortedException abortReason)
    {
        Aborted ??= abortReason;
        toServer.Writer.Complete(abortReason);
        closed.Cancel();
    }

    /// <summary>The client sends octets in one piece.</summary>
    public async Task SendAsync(ReadOnlyMemory<byte> octets, CancellationToken cancellationToken) =>
        await toServer.Writer.WriteAsync(octets, cancellationToken);

    /// <summary>The client closes its end.</summary>
    public void CloseSending() => toServer.Writer.Complete();

    /// <summary>The client's end as a stream, for TLS.</summary>
    public Stream ClientStream() => new WireStream(toClient.Reader, toServer.Writer);

    /// <summary>Waits until the server has seen everything that was sent and waits for more, or the session has ended.</summary>
    public async Task UntilIdleAsync(CancellationToken cancellationToken) =>
        await Task.WhenAny(input.UntilWaitingAsync(cancellationToken), session).WaitAsync(cancellationToken);

    /// <summary>The next line from the server without its CRLF (octets as Latin-1 characters); null when the server has closed.</summary>
    public async Task<string?> ReadLineAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var result = await toClient.Reader.ReadAsync(cancellationToken);
            var reader = new SequenceReader<byte>(result.Buffer);
            if (reader.TryReadTo(out ReadOnlySequence<byte> line, "\r\n"u8))
            {
                var text = Encoding.Latin1.GetString(line);
                toClient.Reader.AdvanceTo(reader.Position);
                return text;
            }

            if (result.IsCompleted)
            {
                var rest = Encoding.Latin1.GetString(result.Buffer);
                toClient.Reader.AdvanceTo(result.Buffer.End);
                return rest.Length == 0 ? null : throw new InvalidDataException($"the server closed in the middle of the line '{rest}'");
            }

            toClient.Reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }
    }

    public override ValueTask DisposeAsync()
    {
        closed.Dispose();
        return base.DisposeAsync();
    }

    private async Task RunAsync(ConnectionHandler server)
    {
        try
        {
            await server.OnConnectedAsync(this);
        }
        finally
        {
            await toServer.Reader.CompleteAsync();
            await toClient.Writer.CompleteAsync();
        }
    }
}
