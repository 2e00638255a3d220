using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Microsoft.AspNetCore.Connections;
using Orleans.Mail.Gateway.Abuse;
using Orleans.Mail.Gateway.Footers;
using Orleans.Mail.Gateway.Hosting;
using Orleans.Mail.Gateway.Relaying;
using Orleans.Mail.Protocols.Smtp;
using Orleans.Mail.Storage;

namespace Orleans.Mail.Gateway.Smtp;

/// <summary>Receives messages of one connection: from the wire into the store, then to the router. Made when the first one comes.</summary>
internal sealed partial class MessageReceiver(ClientConnection connection, SmtpWire wire, RelayRight relay, SmtpServices services)
{
    private static readonly TimeSpan RateWindow = TimeSpan.FromMinutes(1);

    private readonly Pipe pipe = BodyUpload.CreatePipe();

    private delegate bool ContentReader(ref ReadOnlySequence<byte> buffer);

    private SmtpOptions Options => services.Options;

    /// <summary>Starts a message: gives it its id and writes our fields at its head.</summary>
    public MessageIntake Begin(SmtpTransaction transaction, SmtpHello client)
    {
        var id = MessageId.New(services.Time);
        var only = transaction.Recipients is [var one] ? one : null;
        new TraceFields
        {
            Sender = transaction.Sender.Text,
            ClientName = client.Name,
            ClientAddress = connection.RemoteAddress,
            Host = services.Host,
            With = TransmissionType.Name(transaction.Utf8, client.Extended, connection.Tls is not null, transaction.User is not null),
            Cipher = connection.Tls?.Cipher.ToString(),
            Id = id.ToString(),
            OnlyRecipient = only?.Address,
            Time = services.Time.GetUtcNow(),
        }.Write(pipe.Writer);
        var hint = only is { Targets: [var target] } ? BodyUpload.HintFor(target, id) : default;
        // Whether the client is trusted with bare line ends is asked at the end, and only if it sent one.
        var message = new IncomingMessage(pipe.Writer, transaction.MaxSize, Options.BareLineEnds != BareLineEnds.Refuse, FactsOf(transaction, id));
        return new(id, message, new BodyUpload(pipe, services.Bodies, hint));
    }

    /// <summary>Reads the message after DATA. False when it did not come in time.</summary>
    public ValueTask<bool> ReadDataAsync(MessageIntake intake) => ReadAsync(new SmtpDataReader(intake.Message).TryRead, intake);

    /// <summary>Reads a chunk of BDAT. False when it did not come in time.</summary>
    public ValueTask<bool> ReadChunkAsync(MessageIntake intake, long length)
    {
        intake.Chunks.StartChunk(length);
        return length == 0 ? ValueTask.FromResult(true) : ReadAsync(intake.Chunks.TryRead, intake);
    }

    /// <summary>Reads a chunk that nobody wants. False when it did not come in time.</summary>
    public ValueTask<bool> SkipChunkAsync(long length)
    {
        var nothing = new IncomingMessage(pipe.Writer, long.MaxValue, repairs: false);
        nothing.Discard();
        var chunk = new SmtpChunkReader(nothing);
        chunk.StartChunk(length);
        return length == 0 ? ValueTask.FromResult(true) : ReadAsync(chunk.TryRead, null);
    }

    /// <summary>The message's end was read: makes it durable and says how that went.</summary>
    public async ValueTask<SmtpReply> FinishAsync(SmtpTransaction transaction, MessageIntake intake)
    {
        var ended = services.Metrics.MessageEnded();
        var reply = await AcceptAsync(transaction, intake);
        var size = intake.Message.Size;
        services.Metrics.MessageAnswered(reply, size, ended);
        if (!reply.IsRefusal)
            services.Counters.CountReceived();
        if (transaction.User is { } user)
            LogUserMessage(intake.Id, connection.RemoteAddress, user, transaction.Sender.Text, transaction.Recipients.Count, transaction.Recipients[0].Address, size, reply);
        else
            LogMessage(intake.Id, connection.RemoteAddress, transaction.Sender.Text, transaction.Recipients.Count, transaction.Recipients[0].Address, size, reply);
        if (reply.IsError)
            connection.TellRefused(RefusalReason.Message, transaction.Sender.Text, reply.ToString());
        return reply;
    }

    /// <summary>Gives a message up that has begun to come.</summary>
    public async ValueTask AbandonAsync(MessageIntake intake) => LogGivenUp(await intake.Upload.AbandonAsync(), intake.Id);

    private async ValueTask<SmtpReply> AcceptAsync(SmtpTransaction transaction, MessageIntake intake)
    {
        if ((intake.Message.Refusal ?? await RefuseRepairAsync(intake)) is { } refusal)
        {
            await AbandonAsync(intake);
            return refusal == SmtpReplies.TooLarge && transaction.MaxSize < services.MaxMessageSize ? SmtpReplies.TooLargeForSender : refusal;
        }

        var (request, outgoing) = await PrepareAsync(transaction, intake);
        if (request is null)
        {
            await AbandonAsync(intake);
            return SmtpReplies.TryAgain;
        }

        FootedMessage message;
        try
        {
            var body = await intake.Upload.CompleteAsync();
            message = await services.Footers.ApplyAsync(new MessageRef(intake.Id, body), outgoing, transaction.Recipients);
        }
        catch (StorageException exception)
        {
            LogNotStored(exception, intake.Id);
            return SmtpReplies.TryAgain;
        }

        var envelope = new Envelope(transaction.Sender.Text, message.Recipients, intake.Message.Size, TraitsOf(intake.Message.Facts)) { Request = request };
        var reply = await services.Submitter.SubmitAsync(envelope, new MessageRef(intake.Id, message.Body));
        if (!reply.IsRefusal)
            services.Recent.Add(intake.Id, connection.RemoteAddress, envelope);
        return reply;
    }

    // What must be known before the body is complete. No request: it is not known now.
    private async ValueTask<(MailRequest? Request, DomainFooter? Outgoing)> PrepareAsync(SmtpTransaction transaction, MessageIntake intake)
    {
        try
        {
            intake.Message.End();
            var (isKnown, outgoing) = await OutgoingFooterAsync(transaction, intake);
            return (isKnown ? await RequestAsync(transaction, intake) : null, outgoing);
        }
        catch
        {
            await AbandonAsync(intake); // else its upload would wait for ever
            throw;
        }
    }

    // RFC 6409 section 8: only what users submit is completed; null = it stays as it is.
    private SubmissionFacts? FactsOf(SmtpTransaction transaction, MessageId id)
    {
        if (!connection.Port.IsSubmission() || transaction.User is not { } user)
            return null;
        var author = transaction.Sender.IsNull ? new SmtpPath(user.Local, user.Domain, null).Text : transaction.Sender.Text;
        return new(transaction.Utf8 || Ascii.IsValid(author) ? author : null, user.Domain, $"{id}@{services.Host}", services.Time.GetUtcNow());
    }

    // Bare line ends have become CRLF on the way; that is only done for clients that may relay.
    private async ValueTask<SmtpReply?> RefuseRepairAsync(MessageIntake intake)
    {
        if (!intake.Message.IsRepaired || Options.BareLineEnds == BareLineEnds.Repair)
            return null;
        try
        {
            return await relay.IsHeldAsync() ? null : SmtpReplies.BareLineEnds;
        }
        catch (Exception exception)
        {
            LogRightUnknown(exception, intake.Id);
            return SmtpReplies.TryAgain;
        }
    }

    // Who may not relay only says to be the sender.
    private async ValueTask<(bool IsKnown, DomainFooter? Footer)> OutgoingFooterAsync(SmtpTransaction transaction, MessageIntake intake)
    {
        var domain = transaction.Sender.IsNull ? "" : transaction.User?.Domain ?? transaction.Sender.Domain;
        if (services.Footers.OutgoingOf(domain) is not { } footer)
            return (true, null);
        try
        {
            return (true, await relay.IsHeldAsync() ? footer : null);
        }
        catch (Exception exception)
        {
            LogRightUnknown(exception, intake.Id);
            return (false, null);
        }
    }

    // Null: the cluster does not answer.
    private async ValueTask<MailRequest?> RequestAsync(SmtpTransaction transaction, MessageIntake intake)
    {
        try
        {
            return await services.Requests.MakeAsync(transaction, intake.Message, relay);
        }
        catch (Exception exception)
        {
            LogRightUnknown(exception, intake.Id);
            return null;
        }
    }

    private static MessageTraits TraitsOf(HeaderFacts facts) => ReferenceEquals(facts, HeaderFacts.None)
        ? MessageTraits.None
        : new MessageTraits
        {
            AutoSubmitted = facts.AutoSubmitted,
            ListIds = facts.ListIds,
            DeliveredTo = facts.DeliveredTo.Select(text => MailAddress.TryParse(text, out var address) ? address.Key : text).ToArray(),
        };

    private async ValueTask<bool> ReadAsync(ContentReader reader, MessageIntake? intake)
    {
        var limit = Options.BlockTimeout;
        var window = 0L;
        while (true)
        {
            var result = await wire.ReadAsync(limit);
            var buffer = result.Buffer;
            window += buffer.Length;
            var complete = reader(ref buffer);
            wire.Advance(buffer.Start);
            if (complete)
                wire.EndWait();
            var passed = intake is null || await PassOnAsync(intake.Upload, intake.Message);
            if (complete)
                return true;
            if (result.IsCompleted)
                throw new ConnectionAbortedException("the client closed in the middle of a message");
            if (wire.TimedOut)
                return false;
            if (limit > RateWindow || window >= RequiredIn(limit) || !passed)
            {
                // The first octets are here, or the window has brought enough, or we kept the client waiting.
                limit = RateWindow < Options.BlockTimeout ? RateWindow : Options.BlockTimeout;
                window = 0;
                wire.EndWait();
            }
        }
    }

    // False when the store made us wait: the client's clock stood still meanwhile.
    private async ValueTask<bool> PassOnAsync(BodyUpload upload, IncomingMessage message)
    {
        var flush = upload.FlushAsync();
        var atOnce = flush.IsCompleted;
        if (!atOnce)
            wire.EndWait();
        if (!await flush)
            message.Discard();
        return atOnce;
    }

    private long RequiredIn(TimeSpan window) => (long)(Options.MinDataRate * window.TotalSeconds);
}
