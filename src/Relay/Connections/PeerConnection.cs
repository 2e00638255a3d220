using System.Buffers;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;
using Orleans.Mail.Protocols.Smtp.Client;

namespace Orleans.Mail.Relay.Connections;

/// <summary>
/// A connection to another host: writes what is in <see cref="Output"/>, reads replies. Every wait has a limit; when one
/// is over or anything else goes wrong, <see cref="PeerFault"/> says so and the connection can only be disposed.
/// </summary>
internal sealed partial class PeerConnection : IDisposable
{
    /// <summary>Who gives up after a message's end was sent waits so long for the answer: a message that was taken must not be sent again.</summary>
    public static readonly TimeSpan LastWait = TimeSpan.FromSeconds(4);

    private const int InputLength = 2 * PeerReplyReader.MaxLineLength;

    private static readonly TimeSpan QuitTimeout = TimeSpan.FromSeconds(5);

    private readonly Lock gate = new();
    private readonly PeerReplyReader replies = new();
    private readonly CancellationTokenSource deadline;
    private readonly Socket socket;
    private readonly RelayMetrics metrics;
    private readonly byte[] input = ArrayPool<byte>.Shared.Rent(InputLength);
    private Stream stream = Stream.Null;
    private int start;
    private int end;
    private int disposed;
    private bool givenUp;
    private bool isEnding;

    private PeerConnection(RelayHost host, Socket socket, TimeSpan limit, RelayMetrics metrics, TimeProvider time, ILogger logger)
    {
        this.socket = socket;
        this.metrics = metrics;
        this.logger = logger;
        Host = $"{host.Name} [{host.EndPoint.Address}]";
        // Made with a limit, since one without would not get its timer from the clock.
        deadline = new CancellationTokenSource(limit, time);
        metrics.Opened();
    }

    /// <summary>The peer, as <c>name [address]</c>.</summary>
    public string Host { get; }

    /// <summary>What is sent by the next <see cref="FlushAsync"/>.</summary>
    public OutputBuffer Output { get; } = new();

    /// <summary>What the peer offers.</summary>
    public PeerCapabilities Capabilities { get; set; } = PeerCapabilities.None;

    public bool IsEncrypted => stream is SslStream;

    /// <summary>Whether it has carried a message.</summary>
    public bool IsReused => Messages > 0;

    /// <summary>Messages that were begun on it.</summary>
    public int Messages { get; set; }

    /// <summary>It carries no other message.</summary>
    public bool IsBroken { get; set; }

    /// <summary>The peer may think that a transaction is open: RSET goes first.</summary>
    public bool NeedsReset { get; set; }

    /// <summary>Connects. Throws <see cref="PeerFault"/>, or <see cref="OperationCanceledException"/> when the caller gives up.</summary>
    public static async Task<PeerConnection> OpenAsync(RelayHost host, RelayOptions options, RelayMetrics metrics, TimeProvider time, ILogger logger, CancellationToken cancellationToken)
    {
        var socket = new Socket(host.EndPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        var connection = new PeerConnection(host, socket, options.ConnectTimeout, metrics, time, logger);
        try
        {
            using var giveUp = connection.GiveUpWith(cancellationToken);
            if (options.SourceAddress is { } source && source.AddressFamily == host.EndPoint.AddressFamily)
                socket.Bind(new System.Net.IPEndPoint(source, 0));
            await socket.ConnectAsync(host.EndPoint, connection.deadline.Token);
            connection.stream = new NetworkStream(socket, ownsSocket: false);
            return connection;
        }
        catch (Exception failure) when (failure is SocketException or OperationCanceledException)
        {
            connection.Dispose();
            cancellationToken.ThrowIfCancellationRequested();
            throw failure is SocketException ? PeerFault.Lost(ClientStep.Connect, failure) : PeerFault.Silent(ClientStep.Connect, options.ConnectTimeout);
        }
    }

    /// <summary>Ends what runs on the connection when the caller gives up; dispose the registration when it is over.</summary>
    public CancellationTokenRegistration GiveUpWith(CancellationToken cancellationToken) =>
        cancellationToken.UnsafeRegister(static peer => ((PeerConnection)peer!).GiveUp(), this);

    /// <summary>A message's end is about to be sent: from here on who gives up has <see cref="LastWait"/> for its answer. False when the caller has given up before.</summary>
    public bool TryBeginEnd()
    {
        lock (gate)
        {
            isEnding = !givenUp;
            return isEnding;
        }
    }

    /// <summary>No time runs while nobody waits for the peer.</summary>
    public void Rest()
    {
        givenUp = isEnding = false;
        deadline.CancelAfter(Timeout.InfiniteTimeSpan);
    }

    /// <summary>Whether the peer has sent anything, or closed, while nothing was asked: of no more use.</summary>
    public bool IsStale => start < end || disposed != 0 || socket.Poll(0, SelectMode.SelectRead);

    /// <summary>Sends what is in <see cref="Output"/>.</summary>
    /// <param name="step">The answer that will be waited for.</param>
    /// <param name="limit">The time for it.</param>
    /// <param name="isSecret">It is not logged.</param>
    public async ValueTask FlushAsync(ClientStep step, TimeSpan limit, bool isSecret = false)
    {
        if (step != ClientStep.EndOfData && logger.IsEnabled(LogLevel.Trace))
            LogCommands(isSecret);
        try
        {
            Limit(limit);
            await stream.WriteAsync(Output.Written, deadline.Token);
        }
        catch (Exception failure) when (IsTrouble(failure))
        {
            throw Fault(failure, step, limit);
        }
        finally
        {
            Output.Clear();
        }
    }

    /// <summary>Reads a reply; an octet now and then does not make the limit longer.</summary>
    public async ValueTask<PeerReply> ReadAsync(ClientStep step, TimeSpan limit)
    {
        var isLimited = false;
        while (true)
        {
            var read = replies.TryRead(input.AsSpan(start, end - start), out var consumed, out var reply);
            start += consumed;
            if (read == ReplyRead.Malformed)
                throw PeerFault.Garbled(step);
            if (read == ReplyRead.Complete)
            {
                if (logger.IsEnabled(LogLevel.Trace))
                    LogReply(Host, reply!);
                return reply!;
            }

            if (!isLimited)
                Limit(limit);
            isLimited = true;
            await FillAsync(step, limit);
        }
    }

    /// <summary>Reads a reply that means to go on, or throws.</summary>
    public async ValueTask<(PeerReply Reply, ReplyMeaning Meaning)> ReadMeaningAsync(ClientStep step, TimeSpan limit)
    {
        var reply = await ReadAsync(step, limit);
        var meaning = ReplyTable.Read(step, reply);
        return meaning switch
        {
            ReplyMeaning.Closing => throw PeerFault.Closing(step, reply),
            ReplyMeaning.OutOfOrder => throw PeerFault.OutOfOrder(step, reply),
            _ => (reply, meaning),
        };
    }

    /// <summary>Begins TLS. Throws <see cref="PeerFault"/> of the kind <see cref="PeerFaultKind.Tls"/> when it cannot be agreed on.</summary>
    public async Task StartTlsAsync(string name, bool verifies, TimeSpan limit)
    {
        // What came with the 220 came before TLS: somebody may have put it there (RFC 3207 6).
        if (start < end)
            throw new PeerFault(PeerFaultKind.Tls, ClientStep.StartTls, "4.7.5 text followed the answer to STARTTLS");
        var tls = new SslStream(stream, leaveInnerStreamOpen: false);
        try
        {
            deadline.CancelAfter(limit);
            await tls.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = name,
                    CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
                    RemoteCertificateValidationCallback = (_, _, _, errors) => !verifies || errors == SslPolicyErrors.None,
                },
                deadline.Token);
            stream = tls;
        }
        catch (Exception failure) when (IsTrouble(failure) || failure is System.Security.Authentication.AuthenticationException)
        {
            await tls.DisposeAsync();
            throw new PeerFault(PeerFaultKind.Tls, ClientStep.StartTls, $"4.7.5 TLS failed: {failure.Message}", failure);
        }
    }

    /// <summary>Says QUIT and closes, without a wait of the caller's.</summary>
    public void Quit() => _ = QuitAsync();

    public void Dispose()
    {
        if (Interlocked.Exchange(ref disposed, 1) != 0)
            return;
        metrics.Closed();
        stream.Dispose();
        socket.Dispose();
        deadline.Dispose();
        Output.Dispose();
        ArrayPool<byte>.Shared.Return(input);
    }

    private void GiveUp()
    {
        bool waits;
        lock (gate)
        {
            givenUp = true;
            waits = isEnding;
        }

        if (waits)
            deadline.CancelAfter(LastWait);
        else
            deadline.Cancel();
    }

    // The last wait of one who gives up is not made longer.
    private void Limit(TimeSpan limit)
    {
        lock (gate)
        {
            if (!givenUp)
                deadline.CancelAfter(limit);
        }
    }

    private async Task QuitAsync()
    {
        try
        {
            ClientCommands.Quit(Output);
            await FlushAsync(ClientStep.Reset, QuitTimeout);
        }
        catch (PeerFault)
        {
            // One that has gone needs no good-bye.
        }
        finally
        {
            Dispose();
        }
    }

    private async ValueTask FillAsync(ClientStep step, TimeSpan limit)
    {
        if (start > 0)
        {
            input.AsSpan(start, end - start).CopyTo(input);
            end -= start;
            start = 0;
        }

        int count;
        try
        {
            count = await stream.ReadAsync(input.AsMemory(end), deadline.Token);
        }
        catch (Exception failure) when (IsTrouble(failure))
        {
            throw Fault(failure, step, limit);
        }

        if (count == 0)
            throw PeerFault.Lost(step, null);
        end += count;
    }

    private static bool IsTrouble(Exception failure) => failure is IOException or SocketException or OperationCanceledException or ObjectDisposedException;

    private static PeerFault Fault(Exception failure, ClientStep step, TimeSpan limit) =>
        failure is OperationCanceledException ? PeerFault.Silent(step, limit) : PeerFault.Lost(step, failure);
}
