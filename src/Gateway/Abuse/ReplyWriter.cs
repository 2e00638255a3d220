using System.Buffers;
using Orleans.Mail.Gateway.Hosting;

namespace Orleans.Mail.Gateway.Abuse;

/// <summary>The way by which replies, and nothing of a message, go to a client: they are traced as they pass.</summary>
internal sealed class ReplyWriter(ClientConnection client, ProtocolTrace trace) : IBufferWriter<byte>
{
    private Memory<byte> room;

    public void Advance(int count)
    {
        if (count > 0 && trace.IsOn(client.RemoteAddress))
            trace.Sent(client, room.Span[..count]);
        client.Output.Advance(count);
    }

    public Memory<byte> GetMemory(int sizeHint = 0) => room = client.Output.GetMemory(sizeHint);

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;
}
