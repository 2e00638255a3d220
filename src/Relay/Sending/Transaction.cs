using Orleans.Mail.Grains;
using Orleans.Mail.Protocols.Smtp.Client;
using Orleans.Mail.Relay.Connections;

namespace Orleans.Mail.Relay.Sending;

/// <summary>
/// A message's transaction on a connection: MAIL, an RCPT for each recipient without an outcome, DATA, the message. When
/// the peer knows PIPELINING, all up to DATA is one write; a small message with its end is another.
/// Throws <see cref="PeerFault"/> when the connection is of no more use; what has an outcome by then keeps it.
/// </summary>
internal sealed class Transaction(PeerConnection peer, OutgoingMessage message, Outcomes outcomes, RelayOptions options)
{
    // A peer may stop reading while its answers are not read (RFC 2920 3.1): a group and its answers must fit its buffers.
    private const int GroupLength = 16 * 1024;

    private readonly List<int> recipients = outcomes.OpenRecipients();
    private readonly bool[] accepted = new bool[outcomes.Count];
    private int acceptedCount;
    private bool isOpen;
    private bool takesData;

    /// <summary>The peer has taken MAIL: it was there.</summary>
    public bool HasBegun { get; private set; }

    /// <summary>The message's end was sent: a lost answer may have been a yes.</summary>
    public bool EndWasSent { get; private set; }

    /// <summary>The peer has the message.</summary>
    public bool WasTaken { get; private set; }

    /// <summary>The claim did not hold at the message's end: nothing was sent, and the connection must be cut.</summary>
    public bool WasCut { get; private set; }

    private int CommandCount => recipients.Count + 2;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        peer.Messages++;
        await SendEnvelopeAsync();
        if (takesData && acceptedCount == 0)
        {
            await EndEmptyAsync();
        }
        else if (takesData)
        {
            await SendMessageAsync(cancellationToken);
        }
        else
        {
            peer.NeedsReset = isOpen;
        }
    }

    private async Task SendEnvelopeAsync()
    {
        if (peer.NeedsReset)
        {
            ClientCommands.Reset(peer.Output);
            if (!peer.Capabilities.Pipelining)
            {
                await peer.FlushAsync(ClientStep.Reset, options.MailTimeout);
                await ReadResetAsync();
            }
        }

        var written = 0;
        var answered = 0;
        while (written < CommandCount)
        {
            Write(written++);
            if (peer.Capabilities.Pipelining && written < CommandCount && peer.Output.Length < GroupLength)
                continue;
            await peer.FlushAsync(StepOf(answered), LimitOf(StepOf(answered)));
            if (peer.NeedsReset)
                await ReadResetAsync();
            while (answered < written)
                await ReadAnswerAsync(answered++);
            if (!isOpen || (written == CommandCount - 1 && acceptedCount == 0))
                return;
        }
    }

    private async ValueTask ReadResetAsync()
    {
        await peer.ReadMeaningAsync(ClientStep.Reset, options.MailTimeout);
        peer.NeedsReset = false;
    }

    private void Write(int command)
    {
        switch (StepOf(command))
        {
            case ClientStep.Mail:
                ClientCommands.Mail(peer.Output, message.Mail, peer.Capabilities);
                break;
            case ClientStep.Recipient:
                message.Envelope.WriteRecipient(peer.Output, recipients[command - 1], peer.Capabilities.Dsn);
                break;
            default:
                ClientCommands.Data(peer.Output);
                break;
        }
    }

    private async ValueTask ReadAnswerAsync(int command)
    {
        var step = StepOf(command);
        var (reply, meaning) = await peer.ReadMeaningAsync(step, LimitOf(step));
        var goes = meaning == ReplyMeaning.Go;
        switch (step)
        {
            case ClientStep.Mail:
                HasBegun = isOpen = goes;
                if (!goes)
                    outcomes.SetRest(Outcomes.Refused(reply, meaning, peer.Host));
                break;
            // One that takes recipients of a refused sender means nothing by it.
            case ClientStep.Recipient when goes && !isOpen:
                break;
            case ClientStep.Recipient when goes:
                accepted[recipients[command - 1]] = true;
                acceptedCount++;
                break;
            case ClientStep.Recipient:
                outcomes.Refuse(recipients[command - 1], reply, meaning, peer.Host);
                break;
            default:
                takesData = goes;
                if (!goes)
                    SetAccepted(Outcomes.Refused(reply, meaning, peer.Host));
                break;
        }
    }

    // RFC 2920 3.1: a server that took no recipient may take DATA all the same.
    private async Task EndEmptyAsync()
    {
        ClientCommands.Dot(peer.Output);
        await peer.FlushAsync(ClientStep.EndOfData, options.EndTimeout);
        await peer.ReadAsync(ClientStep.EndOfData, options.EndTimeout);
    }

    private async Task SendMessageAsync(CancellationToken cancellationToken)
    {
        var reply = await SendOctetsAsync(cancellationToken);
        if (WasCut)
            return;
        reply ??= await peer.ReadAsync(ClientStep.EndOfData, options.EndTimeout);
        var meaning = ReplyTable.Read(ClientStep.EndOfData, reply);
        if (meaning == ReplyMeaning.OutOfOrder)
            throw PeerFault.OutOfOrder(ClientStep.EndOfData, reply);
        WasTaken = meaning == ReplyMeaning.Go;
        if (WasTaken)
            SetAccepted(new RelayOutcome(RelayVerdict.Sent, reply.Status(2), peer.Host, peer.Capabilities.Dsn));
        else
            SetAccepted(Outcomes.Refused(reply, meaning, peer.Host));
    }

    // The peer's answer when it came before the end; else null.
    private async Task<PeerReply?> SendOctetsAsync(CancellationToken cancellationToken)
    {
        var writer = new MessageWriter();
        await message.Source.RestartAsync(cancellationToken);
        for (ReadOnlyMemory<byte> block; !(block = await message.Source.ReadAsync(cancellationToken)).IsEmpty;)
        {
            peer.Output.Reserve(message.Source.Size);
            writer.Write(peer.Output, block.Span);
            if (peer.Output.Length >= OutputBuffer.FlushLength && await FlushOrHearAsync() is { } early)
                return early;
        }

        writer.Complete(peer.Output);
        if (!message.MayFinish())
        {
            WasCut = true;
            return null;
        }

        if (!peer.TryBeginEnd())
            throw new OperationCanceledException(cancellationToken);
        EndWasSent = true;
        return await FlushOrHearAsync();
    }

    // A peer that has had enough says so and closes: its last word counts, not that it took no more.
    private async ValueTask<PeerReply?> FlushOrHearAsync()
    {
        try
        {
            await peer.FlushAsync(ClientStep.EndOfData, options.EndTimeout);
            return null;
        }
        catch (PeerFault fault) when (fault.Kind == PeerFaultKind.Lost)
        {
            if (await HearAsync() is { IsPositive: false } reply)
            {
                peer.IsBroken = true;
                return reply;
            }

            throw;
        }
    }

    private async ValueTask<PeerReply?> HearAsync()
    {
        try
        {
            return await peer.ReadAsync(ClientStep.EndOfData, options.EndTimeout);
        }
        catch (PeerFault)
        {
            return null; // it said nothing: the caller has the fault that matters
        }
    }

    private void SetAccepted(RelayOutcome outcome)
    {
        foreach (var recipient in recipients)
        {
            if (accepted[recipient])
                outcomes.Set(recipient, outcome);
        }
    }

    private ClientStep StepOf(int command) =>
        command == 0 ? ClientStep.Mail : command <= recipients.Count ? ClientStep.Recipient : ClientStep.Data;

    private TimeSpan LimitOf(ClientStep step) => step switch
    {
        ClientStep.Mail => options.MailTimeout,
        ClientStep.Recipient => options.RcptTimeout,
        _ => options.DataTimeout,
    };
}
