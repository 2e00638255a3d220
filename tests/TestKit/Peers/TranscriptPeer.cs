using System.Net;
using System.Net.Sockets;
using System.Text;
using Orleans.Mail.TestKit.Wire;

namespace Orleans.Mail.TestKit.Peers;

/// <summary>Plays the server of a <see cref="Transcript"/> on loopback and compares what the client says.</summary>
public sealed class TranscriptPeer : IDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly Transcript transcript;
    private readonly PlayMode mode;
    private readonly byte[] buffer = new byte[64 * 1024];
    private readonly List<byte> pending = [];
    private Socket? client;

    public TranscriptPeer(Transcript transcript, PlayMode mode)
    {
        this.transcript = transcript;
        this.mode = mode;
        listener.Start();
        EndPoint = (IPEndPoint)listener.LocalEndpoint;
    }

    public IPEndPoint EndPoint { get; }

    /// <summary>Plays to the end. Throws <see cref="TranscriptException"/> when the client says something else.</summary>
    public async Task PlayAsync(CancellationToken cancellationToken)
    {
        foreach (var step in transcript.Steps)
        {
            client ??= await listener.AcceptSocketAsync(cancellationToken);
            switch (step.Kind)
            {
                case TranscriptStepKind.Expect:
                    await SayAsync([.. step.Octets, .. "\r\n"u8], cancellationToken);
                    break;
                case TranscriptStepKind.ExpectClose:
                    Close();
                    break;
                case TranscriptStepKind.Send:
                    await HearAsync(step, cancellationToken);
                    break;
                case TranscriptStepKind.CloseSending when await FillAsync(cancellationToken) || pending.Count > 0:
                    throw Mismatch(step, Visible(pending));
                case TranscriptStepKind.CloseSending:
                    Close();
                    break;
            }
        }
    }

    public void Dispose()
    {
        client?.Dispose();
        listener.Dispose();
    }

    private async Task SayAsync(byte[] octets, CancellationToken cancellationToken)
    {
        var length = mode == PlayMode.Byte ? 1 : octets.Length;
        for (var at = 0; at < octets.Length; at += length)
            await client!.SendAsync(octets.AsMemory(at, length), cancellationToken);
    }

    private async Task HearAsync(TranscriptStep step, CancellationToken cancellationToken)
    {
        while (pending.Count < step.Octets.Length)
        {
            if (!await FillAsync(cancellationToken))
                throw Mismatch(step, Visible(pending) + " and the end");
        }

        var actual = pending[..step.Octets.Length];
        if (!actual.SequenceEqual(step.Octets))
            throw Mismatch(step, Visible(pending));
        pending.RemoveRange(0, step.Octets.Length);
    }

    private async Task<bool> FillAsync(CancellationToken cancellationToken)
    {
        var count = await client!.ReceiveAsync(buffer, cancellationToken);
        pending.AddRange(buffer.AsSpan(0, count));
        return count > 0;
    }

    private void Close()
    {
        client?.Dispose();
        client = null;
        pending.Clear();
    }

    private static string Visible(List<byte> octets) =>
        Encoding.Latin1.GetString([.. octets]).Replace("\r", "\\r", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);

    private TranscriptException Mismatch(TranscriptStep step, string actual) =>
        new($"{transcript.Name} line {step.Number}\n  expected {step.Line}\n  actual   {actual}");
}
