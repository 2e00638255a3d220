using System.IO.Pipelines;
using System.Net.Security;
using System.Runtime.CompilerServices;
using System.Security.Authentication;
using Microsoft.AspNetCore.Connections;

namespace Orleans.Mail.Gateway.Tls;

/// <summary>
/// The encrypted side of a connection. While nothing comes it holds no buffers: reads wait with an empty one. What breaks
/// it is told in the words of a broken connection, whoever broke it.
/// </summary>
internal sealed class TlsTransport : IAsyncDisposable
{
    /// <summary>Octets of a TLS record at most (RFC 8446 5.1): one read takes a whole record.</summary>
    private const int RecordLength = 16 * 1024;

    /// <summary>How records are read: no buffer is held while nothing comes.</summary>
    internal static readonly StreamPipeReaderOptions Reading = new(bufferSize: RecordLength, leaveOpen: true, useZeroByteReads: true);

    /// <summary>How records are written: each buffer is one.</summary>
    internal static readonly StreamPipeWriterOptions Writing = new(minimumBufferSize: RecordLength, leaveOpen: true);

    private readonly SslStream stream;
    private bool isReading;

    private TlsTransport(SslStream stream, TlsSession session)
    {
        this.stream = stream;
        Session = session;
        Input = PipeReader.Create(stream, Reading);
        Output = PipeWriter.Create(stream, Writing);
    }

    public TlsSession Session { get; }

    public PipeReader Input { get; }

    public PipeWriter Output { get; }

    /// <summary>Agrees with the client on TLS. Throws <see cref="AuthenticationException"/>, <see cref="IOException"/> or <see cref="OperationCanceledException"/>: a client may do anything here.</summary>
    public static async Task<TlsTransport> AcceptAsync(IDuplexPipe transport, ServerCertificates certificates)
    {
        var hello = await HearHelloAsync(transport.Input);
        var certificate = certificates.Find(hello.Name);
        var stream = new SslStream(new TransportStream(transport), leaveInnerStreamOpen: true);
        try
        {
            await stream.AuthenticateAsServerAsync(certificate.OptionsFor(hello.OffersTls13), CancellationToken.None);
            return new TlsTransport(stream, new(stream.SslProtocol, stream.NegotiatedCipherSuite, certificate.EndPointBinding));
        }
        catch (Exception exception)
        {
            await stream.DisposeAsync();
            // SslStream looks for a name in all that begins like a ClientHello, and past the end of an empty one (.NET 10).
            if (exception is IndexOutOfRangeException)
                throw new AuthenticationException("a record holds an empty ClientHello");
            throw;
        }
    }

    /// <summary>Reads more, as <see cref="PipeReader.ReadAsync"/>; broken TLS is a <see cref="ConnectionResetException"/>.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<ReadResult> ReadAsync()
    {
        isReading = true;
        try
        {
            return await Input.ReadAsync();
        }
        catch (IOException exception) when (exception is not ConnectionResetException)
        {
            throw new ConnectionResetException($"TLS is broken: {exception.GetBaseException().Message}", exception);
        }
        finally
        {
            isReading = false;
        }
    }

    /// <summary>Sends what was written. A client that is gone is a <see cref="ConnectionAbortedException"/>.</summary>
    public async ValueTask FlushAsync()
    {
        try
        {
            await Output.FlushAsync();
        }
        catch (IOException exception)
        {
            throw new ConnectionAbortedException(exception.GetBaseException().Message, exception);
        }
    }

    /// <summary>Tells the client that nothing follows, so that it knows that nothing was cut off (RFC 8446 6.1).</summary>
    public async ValueTask CloseAsync()
    {
        try
        {
            await stream.ShutdownAsync();
            await stream.FlushAsync();
        }
        catch (IOException exception)
        {
            throw new ConnectionAbortedException(exception.GetBaseException().Message, exception);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!isReading)
            await Input.CompleteAsync(); // else its buffer may still be written to
        await Output.CompleteAsync(new ConnectionAbortedException()); // all was flushed, or cannot be
        await stream.DisposeAsync();
    }

    // Leaves all to the handshake, and nothing as examined: a reader may not examine less than the one before it, and SslStream reads in parts.
    private static async ValueTask<ClientHello> HearHelloAsync(PipeReader input)
    {
        var needed = ClientHello.HeaderLength;
        while (true)
        {
            var read = await input.ReadAtLeastAsync(needed);
            var isKnown = ClientHello.TryRead(read.Buffer, out var hello, out needed);
            input.AdvanceTo(read.Buffer.Start, read.Buffer.Start);
            if (read.IsCanceled)
                throw new OperationCanceledException();
            if (isKnown || read.IsCompleted)
                return hello;
        }
    }
}
