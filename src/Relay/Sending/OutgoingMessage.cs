using Orleans.Mail.Grains;
using Orleans.Mail.Protocols.Smtp.Client;
using Orleans.Mail.Storage;

namespace Orleans.Mail.Relay.Sending;

/// <summary>A message on its way out, made fit for each host it is offered to. Its body is opened once a host is there: those that are not cost no reading.</summary>
internal sealed class OutgoingMessage(RelayMessage message, IBodyStore bodies, SevenBitConverter converter) : IAsyncDisposable
{
    private MessageSource? original;
    private MessageSource? source;
    private MessageSource? converted;
    private Stream? convertedStream;
    private bool needsUtf8;

    public OutgoingEnvelope Envelope { get; } = new(message);

    /// <summary>The octets for the present host, once the message is fit for it.</summary>
    public MessageSource Source => source ?? throw new InvalidOperationException("the message was made fit for no host yet");

    /// <summary>MAIL for the present host.</summary>
    public MailCommand Mail { get; private set; }

    public Func<bool> MayFinish => message.MayFinish;

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

    /// <summary>Makes the message fit for a host. Recipients that it cannot be sent to there get their outcome. Throws <see cref="StorageException"/>.</summary>
    public async ValueTask FitAsync(PeerCapabilities peer, string host, Outcomes outcomes, CancellationToken cancellationToken)
    {
        original ??= await OpenAsync(cancellationToken);
        source = original;
        if (!peer.Utf8)
            RefuseUtf8(host, outcomes);
        if (peer.MaxSize > 0 && original.Size > peer.MaxSize)
            outcomes.SetRest(new RelayOutcome(RelayVerdict.Failed, $"5.3.4 the message has {original.Size} octets, the host takes {peer.MaxSize}", host));
        if (outcomes.Open > 0 && message.Request.Is8Bit && !peer.EightBit)
        {
            if (await ConvertAsync(cancellationToken) is { } failure)
                outcomes.SetRest(new RelayOutcome(RelayVerdict.Failed, failure, host));
            source = converted ?? original;
        }

        Mail = outcomes.Open == 0 ? default : Envelope.Mail(source.Size, message.Request.Is8Bit, needsUtf8 || message.Request.IsUtf8 || HasUtf8(outcomes));
    }

    public async ValueTask DisposeAsync()
    {
        if (original is not null)
            await original.DisposeAsync();
        if (converted is not null)
            await converted.DisposeAsync();
        if (convertedStream is not null)
            await convertedStream.DisposeAsync();
    }

    private async ValueTask<MessageSource> OpenAsync(CancellationToken cancellationToken)
    {
        var opened = await MessageSource.OpenAsync(token => bodies.OpenReadAsync(message.Body, BodyRange.All, token), message.DeliveredTo, cancellationToken);
        needsUtf8 = !Envelope.SenderIsAscii || (message.Request.IsUtf8 && !opened.HeaderIsAscii);
        return opened;
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
        (convertedStream, var failure) = await converter.ConvertAsync(original!, cancellationToken);
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
