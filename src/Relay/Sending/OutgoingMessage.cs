using Orleans.Mail.Grains;
using Orleans.Mail.Protocols.Smtp.Client;
using Orleans.Mail.Storage;

namespace Orleans.Mail.Relay.Sending;

/// <summary>A message on its way out, made fit for each host it is offered to.</summary>
internal sealed class OutgoingMessage : IAsyncDisposable
{
    private readonly RelayMessage message;
    private readonly SevenBitConverter converter;
    private readonly MessageSource original;
    private readonly bool needsUtf8;
    private MessageSource? converted;
    private Stream? convertedStream;

    private OutgoingMessage(RelayMessage message, MessageSource original, SevenBitConverter converter)
    {
        this.message = message;
        this.original = original;
        this.converter = converter;
        Envelope = new OutgoingEnvelope(message);
        Source = original;
        needsUtf8 = !Envelope.SenderIsAscii || (message.Request.IsUtf8 && !original.HeaderIsAscii);
    }

    public OutgoingEnvelope Envelope { get; }

    /// <summary>The octets for the present host.</summary>
    public MessageSource Source { get; private set; }

    /// <summary>MAIL for the present host.</summary>
    public MailCommand Mail { get; private set; }

    public long Size => original.Size;

    public Func<bool> MayFinish => message.MayFinish;

    /// <summary>Opens the body. Throws <see cref="StorageException"/>.</summary>
    public static async Task<OutgoingMessage> OpenAsync(RelayMessage message, IBodyStore bodies, SevenBitConverter converter, CancellationToken cancellationToken)
    {
        var source = await MessageSource.OpenAsync(token => bodies.OpenReadAsync(message.Body, BodyRange.All, token), message.DeliveredTo, cancellationToken);
        return new OutgoingMessage(message, source, converter);
    }

    /// <summary>Gives those an outcome that can be sent to no host.</summary>
    public void RefuseUnsendable(Outcomes outcomes)
    {
        if (Envelope.Sender is null)
            outcomes.SetRest(new RelayOutcome(RelayVerdict.Failed, "5.1.7 the sender's address cannot be written in SMTP", ""));
        for (var i = 0; i < outcomes.Count; i++)
        {
            if (Envelope.Path(i) is null)
                outcomes.Set(i, new RelayOutcome(RelayVerdict.Failed, "5.1.3 the address cannot be written in SMTP", ""));
        }
    }

    /// <summary>Makes the message fit for a host. Recipients that it cannot be sent to there get their outcome.</summary>
    public async ValueTask FitAsync(PeerCapabilities peer, string host, Outcomes outcomes, CancellationToken cancellationToken)
    {
        if (!peer.Utf8)
            RefuseUtf8(host, outcomes);
        if (peer.MaxSize > 0 && Size > peer.MaxSize)
            outcomes.SetRest(new RelayOutcome(RelayVerdict.Failed, $"5.3.4 the message has {Size} octets, the host takes {peer.MaxSize}", host));
        Source = original;
        if (outcomes.Open > 0 && message.Request.Is8Bit && !peer.EightBit)
        {
            if (await ConvertAsync(cancellationToken) is { } failure)
                outcomes.SetRest(new RelayOutcome(RelayVerdict.Failed, failure, host));
            Source = converted ?? original;
        }

        Mail = outcomes.Open == 0 ? default : Envelope.Mail(Source.Size, message.Request.Is8Bit, needsUtf8 || message.Request.IsUtf8 || HasUtf8(outcomes));
    }

    public async ValueTask DisposeAsync()
    {
        await original.DisposeAsync();
        if (converted is not null)
            await converted.DisposeAsync();
        if (convertedStream is not null)
            await convertedStream.DisposeAsync();
    }

    // RFC 6531 3.2.
    private void RefuseUtf8(string host, Outcomes outcomes)
    {
        if (needsUtf8)
        {
            outcomes.SetRest(new RelayOutcome(RelayVerdict.Failed, "5.6.7 the message needs SMTPUTF8, which the host does not know", host));
            return;
        }

        for (var i = 0; i < outcomes.Count; i++)
        {
            if (!Envelope.IsAscii(i))
                outcomes.Set(i, new RelayOutcome(RelayVerdict.Failed, "5.6.7 the address needs SMTPUTF8, which the host does not know", host));
        }
    }

    private bool HasUtf8(Outcomes outcomes)
    {
        for (var i = 0; i < outcomes.Count; i++)
        {
            if (outcomes.IsOpen(i) && !Envelope.IsAscii(i))
                return true;
        }

        return false;
    }

    // Once for all hosts. Why it cannot be done, or null.
    private async Task<string?> ConvertAsync(CancellationToken cancellationToken)
    {
        if (converted is not null)
            return null;
        (convertedStream, var failure) = await converter.ConvertAsync(original, cancellationToken);
        if (convertedStream is null)
            return failure;
        converted = await MessageSource.OpenAsync(RewindAsync, "", cancellationToken);
        return null;
    }

    private ValueTask<Stream> RewindAsync(CancellationToken cancellationToken)
    {
        convertedStream!.Position = 0;
        return ValueTask.FromResult(convertedStream);
    }
}
