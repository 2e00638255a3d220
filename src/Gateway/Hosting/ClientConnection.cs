using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Security.Authentication;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Connections;
using Orleans.Mail.Gateway.Abuse;
using Orleans.Mail.Gateway.Tls;

namespace Orleans.Mail.Gateway.Hosting;

/// <summary>
/// A client's connection as a session sees it: the two ends of the wire, and waits with a time limit. Waits cost no
/// timer: a deadline is a number that the registry's heartbeat looks at once a second (<see cref="ClientConnections"/>).
/// A client that has sent its last octet may still wait for replies (<c>printf … | nc</c>), so the end of the input ends a
/// session only where it would read on; whoever is really gone is found out by <see cref="FlushAsync"/>.
/// </summary>
public sealed class ClientConnection
{
    private const long NoDeadline = long.MaxValue;

    private readonly ConnectionContext context;
    private readonly ServerCertificates certificates;
    private readonly ClientLog log;
    private readonly TimeProvider time;
    private readonly TimeSpan writeTimeout;
    private long readDeadline = NoDeadline;
    private long writeDeadline = NoDeadline;
    private volatile bool timedOut;
    private volatile bool draining;
    private volatile PipeReader input;
    private TlsTransport? tls;

    public ClientConnection(ConnectionContext context, ListenerFeature listener, ServerCertificates certificates, ClientLog log, TimeProvider time, TimeSpan writeTimeout)
    {
        this.context = context;
        this.certificates = certificates;
        this.log = log;
        Port = listener.Port;
        IsImplicitTls = listener.IsImplicitTls;
        Replies = new ReplyWriter(this, log.Trace);
        this.time = time;
        this.writeTimeout = writeTimeout;
        Started = time.GetUtcNow();
        RemoteAddress = (context.RemoteEndPoint as IPEndPoint)?.Address is { } address
            ? address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address
            : IPAddress.None;
        LocalAddress = (context.LocalEndPoint as IPEndPoint)?.Address;
        input = context.Transport.Input;
        Output = context.Transport.Output;
    }

    /// <summary>Stands in every log line of the session.</summary>
    public string Id => context.ConnectionId;

    public DateTimeOffset Started { get; }

    /// <summary>The listener that it came in by.</summary>
    public MailPort Port { get; }

    /// <summary>TLS begins with its first octet.</summary>
    public bool IsImplicitTls { get; }

    /// <summary>What TLS protects it by; null = it is plaintext.</summary>
    public TlsSession? Tls => tls?.Session;

    /// <summary>STARTTLS or STLS may be given.</summary>
    public bool CanStartTls => tls is null && certificates.IsAvailable;

    /// <summary>The client's address; an IPv4 address in IPv6 form is the IPv4 address.</summary>
    public IPAddress RemoteAddress { get; private set; }

    /// <summary>The address of ours that the client reached.</summary>
    public IPAddress? LocalAddress { get; private set; }

    /// <summary>Who it is, for refusals and logins.</summary>
    public Caller Caller => new(RemoteAddress, Port);

    /// <summary>Whether what is said is logged.</summary>
    public bool IsTraced => log.Trace.IsOn(RemoteAddress);

    /// <summary>Grows from connection to connection of this gateway.</summary>
    internal long Number { get; set; }

    /// <summary>It counts among those of its address (<see cref="ClientConnections.TryCount"/>).</summary>
    internal bool IsCounted { get; set; }

    /// <summary>What CONN shows; null before the session has begun.</summary>
    internal IShownSession? Session { get; set; }

    /// <summary>Read it only by <see cref="ReadAsync"/>; advance it here.</summary>
    public PipeReader Input => input;

    /// <summary>Write replies to it: they are traced and go on to <see cref="Output"/>.</summary>
    public IBufferWriter<byte> Replies { get; }

    /// <summary>Write to it freely; flush by <see cref="FlushAsync"/>.</summary>
    public PipeWriter Output { get; private set; }

    /// <summary>The wait that was started ran out. The session says so to the client and ends.</summary>
    public bool TimedOut => timedOut;

    /// <summary>The gateway is stopping: an idle session says so and ends, a running transaction may finish.</summary>
    public bool Draining => draining;

    /// <summary>Starts the clock of one wait, for example for a whole command line: reading a part of it does not restart it.</summary>
    public void StartWait(TimeSpan limit) => Volatile.Write(ref readDeadline, Deadline(limit));

    /// <summary>Ends the wait: what was waited for has come.</summary>
    public void EndWait() => Volatile.Write(ref readDeadline, NoDeadline);

    /// <summary>
    /// Reads more input. The result is cancelled when the wait timed out (<see cref="TimedOut"/>) or draining began
    /// (<see cref="Draining"/>); the caller looks which, advances and goes on or ends.
    /// </summary>
    public ValueTask<ReadResult> ReadAsync() => tls is null ? input.ReadAsync() : tls.ReadAsync();

    /// <summary>Sends what was written. Throws <see cref="ConnectionAbortedException"/> when the client does not take it in time.</summary>
    public ValueTask FlushAsync()
    {
        Volatile.Write(ref writeDeadline, Deadline(writeTimeout));
        if (tls is not null)
            return FlushTlsAsync(tls);
        var flush = Output.FlushAsync();
        if (!flush.IsCompletedSuccessfully)
            return AwaitFlushAsync(flush);
        EndFlush(flush.Result);
        return ValueTask.CompletedTask;
    }

    /// <summary>Logs what the client said, from which the session has taken the secrets. Call it when <see cref="IsTraced"/>.</summary>
    public void TraceReceived(string line) => log.Trace.Received(this, line);

    /// <summary>Logs what the client is told, where it cannot be written to <see cref="Replies"/> as it is.</summary>
    public void TraceSent(string line) => log.Trace.Sent(this, line);

    /// <summary>Tells the log that the client was refused something.</summary>
    /// <param name="reason">Why.</param>
    /// <param name="name">What the client named; empty when it named nothing.</param>
    /// <param name="reply">What it is told; empty when it is told nothing.</param>
    public void TellRefused(RefusalReason reason, string name, string reply) => log.Refusals.Tell(reason, Caller, name, reply);

    /// <summary>Tells the log that a recipient was refused.</summary>
    public void TellRefused(RefusalReason reason, string recipient, string reply, string sender) => log.Refusals.Tell(reason, Caller, recipient, reply, sender);

    /// <summary>
    /// Sends what was written, the reply that lets TLS begin, and agrees with the client on it. What the client sent before
    /// it could have that reply is thrown away: anybody on the way may have put it there (RFC 3207 6, CVE-2011-0411).
    /// </summary>
    /// <exception cref="TlsHandshakeException">Nothing was agreed on in time.</exception>
    public async Task StartTlsAsync()
    {
        if (input.TryRead(out var before))
            input.AdvanceTo(before.Buffer.End);
        await FlushAsync();
        if (draining)
            input.CancelPendingRead(); // what was read away may have said it
        await AcceptTlsAsync();
    }

    /// <summary>Closes the connection hard.</summary>
    public void Abort(string reason) => context.Abort(new ConnectionAbortedException(reason));

    /// <summary>Agrees with the client on TLS. Throws <see cref="TlsHandshakeException"/>.</summary>
    internal async Task AcceptTlsAsync()
    {
        StartWait(certificates.Options.HandshakeTimeout);
        try
        {
            tls = await TlsTransport.AcceptAsync(context.Transport, certificates);
        }
        catch (Exception exception) when (exception is AuthenticationException or IOException or OperationCanceledException or CryptographicException)
        {
            var reason = timedOut ? "it took too long" : draining ? "the server is stopping" : exception.GetBaseException().Message;
            throw new TlsHandshakeException(reason, exception);
        }
        finally
        {
            EndWait();
            certificates.Metrics?.HandshakeEnded(Port, Tls);
        }

        Output = tls.Output;
        input = tls.Input;
        if (draining)
            input.CancelPendingRead(); // it may have been said to the input of before
    }

    /// <summary>Tells the client that nothing follows.</summary>
    internal async ValueTask EndTlsAsync()
    {
        if (tls is null)
            return;
        Volatile.Write(ref writeDeadline, Deadline(writeTimeout));
        await tls.CloseAsync();
        Volatile.Write(ref writeDeadline, NoDeadline);
    }

    /// <summary>Frees what TLS holds.</summary>
    internal ValueTask ReleaseAsync() => tls?.DisposeAsync() ?? ValueTask.CompletedTask;

    /// <summary>The peer is a proxy, and these are the ends of the connection that it passes on; null = it speaks for itself.</summary>
    internal void ActFor(IPAddress? source, IPAddress? destination)
    {
        RemoteAddress = source ?? RemoteAddress;
        LocalAddress = destination ?? LocalAddress;
    }

    /// <summary>Called by the heartbeat.</summary>
    internal void CheckDeadlines(long now)
    {
        if (now >= Volatile.Read(ref writeDeadline))
        {
            Abort("the client does not read");
        }
        else if (now >= Volatile.Read(ref readDeadline))
        {
            Volatile.Write(ref readDeadline, NoDeadline);
            timedOut = true;
            input.CancelPendingRead();
        }
    }

    internal void Drain()
    {
        draining = true;
        input.CancelPendingRead();
    }

    private async ValueTask FlushTlsAsync(TlsTransport encrypted)
    {
        await encrypted.FlushAsync();
        Volatile.Write(ref writeDeadline, NoDeadline);
    }

    private async ValueTask AwaitFlushAsync(ValueTask<FlushResult> flush) => EndFlush(await flush);

    private void EndFlush(FlushResult result)
    {
        Volatile.Write(ref writeDeadline, NoDeadline);
        if (result.IsCompleted)
            throw new ConnectionAbortedException("the client is gone");
    }

    private long Deadline(TimeSpan limit) => time.GetTimestamp() + (long)(limit.TotalSeconds * time.TimestampFrequency);
}
