using System.Diagnostics;
using System.Text;
using Orleans.Mail.Gateway.Abuse;
using Orleans.Mail.Gateway.Hosting;
using Orleans.Mail.Gateway.Relaying;
using Orleans.Mail.Gateway.Telemetry;
using Orleans.Mail.Protocols.Smtp;

namespace Orleans.Mail.Gateway.Smtp;

/// <summary>The mail transactions of one session, one after the other (RFC 5321 3.3): MAIL, RCPT, and the message by DATA or BDAT.</summary>
internal sealed class MailTransactions(
    ClientConnection connection, SmtpWire wire, RelayRight relay, SmtpAuthentication authentication, SmtpServices services)
{
    private MessageReceiver? receiver;
    private SmtpHello? client;
    private SmtpTransaction? transaction;
    private SmtpPath? latestRecipient;
    private int transactions;

    public SmtpState State => transaction?.State ?? SmtpState.Greeted;

    public bool IsOpen => transaction is not null;

    /// <summary>Where the next command begins is not known: the session ends.</summary>
    public bool IsOutOfStep { get; private set; }

    private MessageReceiver Receiver => receiver ??= new(connection, wire, relay, services);

    /// <summary>What CONN shows of the transaction.</summary>
    public SessionFacts Describe()
    {
        var current = transaction;
        var recipient = current?.Accepted > 0 ? latestRecipient : null;
        return new("", current?.Sender.ToString() ?? "", recipient?.ToString() ?? "", current?.Intake?.Message.Size ?? 0);
    }

    /// <summary>MAIL.</summary>
    public async ValueTask<SmtpReply> OpenAsync(SmtpCommand command, SmtpHello hello)
    {
        if (authentication.RefuseMail() is { } early)
            return early;
        if (await authentication.RefuseUserAsync() is { } over)
            return over;
        client = hello;
        var sender = command.Path!;
        if (transactions >= services.Options.MaxMessages)
            return RefuseSender(sender, RefusalReason.MessageRate, SmtpReplies.TooManyMessages);
        if ((command.HasParameters && !client.Extended) || (command.HasAuth && authentication.Offer.IsEmpty))
            return SmtpReplies.UnknownParameter; // RFC 5321 4.1.1.11
        if (command.Size > services.MaxMessageSize)
            return RefuseSender(sender, RefusalReason.Sender, SmtpReplies.TooLarge); // RFC 1870 section 6.1
        if (FindRefusal(sender) is var (reason, refusal))
            return RefuseSender(sender, reason, refusal);
        if (authentication.User is { } user && await services.OwnSenders.RefuseAsync(user, sender) is { } notOwn)
            return RefuseSender(sender, RefusalReason.Sender, notOwn);
        if (await authentication.MaxSizeAsync(sender) is not { } maxSize)
            return SmtpReplies.TryAgain;
        if (maxSize > 0 && command.Size > maxSize)
            return RefuseSender(sender, RefusalReason.Sender, SmtpReplies.TooLargeForSender);
        transactions++;
        transaction = new(command.Path!, command.Utf8)
        {
            User = authentication.User,
            Reports = command.Reports,
            AnnouncedSize = command.Size,
            MaxSize = maxSize == 0 ? services.MaxMessageSize : Math.Min(maxSize, services.MaxMessageSize),
        };
        return SmtpReplies.SenderAccepted;
    }

    // What may have changed since the client connected, and what it does too often.
    private (RefusalReason Reason, SmtpReply Reply)? FindRefusal(SmtpPath sender)
    {
        var (address, perimeter) = (connection.RemoteAddress, services.Perimeter);
        if (perimeter.Denied.DeniesClient(address))
            return (RefusalReason.Denied, SmtpReplies.AddressDenied);
        if (perimeter.Denied.DeniesSender(sender))
            return (RefusalReason.Sender, SmtpReplies.SenderDenied);
        if (perimeter.Blocks.Blocks(address))
            return (RefusalReason.Blocked, SmtpReplies.AddressBlocked);
        if (perimeter.Blocks.IsExempt(address) || (perimeter.Rates.MaySend(address) && (authentication.User is not { } user || perimeter.Rates.MaySend(user))))
            return null;
        return (RefusalReason.MessageRate, SmtpReplies.TooManyInAMinute);
    }

    private SmtpReply RefuseSender(SmtpPath sender, RefusalReason reason, SmtpReply reply)
    {
        connection.TellRefused(reason, sender.Text, reply.ToString());
        return reply;
    }

    /// <summary>RCPT.</summary>
    public async ValueTask<SmtpReply> AddRecipientAsync(SmtpCommand command)
    {
        if (command.HasParameters && !client!.Extended)
            return SmtpReplies.UnknownParameter; // RFC 5321 4.1.1.11
        var path = command.Path!;
        var result = await ResolveAsync(path, command.RecipientReports);
        if (result.Recipient is { } recipient)
        {
            latestRecipient = path;
            transaction!.Accept(recipient, command.RecipientReports);
            return result.Reply;
        }

        services.Metrics.RecipientRefused(result.Reply);
        connection.TellRefused(ReasonOf(result.Reply), path.Text, result.Reply.ToString(), transaction!.Sender.Text);
        return IsProbe(result.Reply) ? Block() : result.Reply;
    }

    private static RefusalReason ReasonOf(SmtpReply reply) =>
        reply == SmtpReplies.NoSuchMailbox ? RefusalReason.UnknownRecipient
        : reply == SmtpReplies.NoRelay ? RefusalReason.Relay
        : RefusalReason.Recipient;

    // Whoever names more recipients that do not exist than any mail server would is looking for those that do.
    private bool IsProbe(SmtpReply reply) =>
        reply == SmtpReplies.NoSuchMailbox
        && !relay.IsKnownToBeHeld
        && !services.Perimeter.Blocks.IsExempt(connection.RemoteAddress)
        && !services.Perimeter.Rates.MayProbe(connection.RemoteAddress);

    private SmtpReply Block()
    {
        services.Perimeter.Blocks.Block(connection.RemoteAddress, TimedReasons.Probes);
        connection.TellRefused(RefusalReason.Probes, "", SmtpReplies.AddressBlocked.ToString());
        return SmtpReplies.AddressBlocked;
    }

    private ValueTask<RecipientResult> ResolveAsync(SmtpPath path, SmtpRecipientRequest? reports)
    {
        if (transaction!.Accepted >= services.Options.MaxRecipients)
            return ValueTask.FromResult(new RecipientResult(SmtpReplies.TooManyRecipients, null));
        if (!transaction.Utf8 && !(path.IsAscii && Ascii.IsValid(reports?.OriginalRecipient)))
            return ValueTask.FromResult(new RecipientResult(SmtpReplies.NeedsUtf8, null));
        return services.Recipients.ResolveAsync(path, transaction, connection.LocalAddress, relay);
    }

    /// <summary>DATA, up to its last reply.</summary>
    public async ValueTask<SmtpReply> ReceiveDataAsync()
    {
        transaction!.Intake = Receiver.Begin(transaction, client!);
        using var span = GatewayTracing.StartMessage(transaction.Intake.Id);
        wire.Write(SmtpReplies.StartMail);
        if (!await Receiver.ReadDataAsync(transaction.Intake))
            return SmtpReplies.TimedOut;
        return await FinishAsync(transaction, span);
    }

    /// <summary>BDAT (RFC 3030 section 2). A chunk follows its command whatever the answer will be.</summary>
    public async ValueTask<SmtpReply> ReceiveChunkAsync(SmtpCommand command, SmtpReply? refusal)
    {
        if (command.Fault is not null)
        {
            IsOutOfStep = true; // how much follows is not known
            return command.Fault;
        }

        var before = transaction?.Intake?.Message.Size ?? 0;
        if (command.ChunkLength > services.MaxMessageSize - before)
        {
            IsOutOfStep = true; // sooner than to read it for nothing
            return SmtpReplies.TooLarge;
        }

        if (refusal is not null)
            return await SkipChunkAsync(command, refusal);
        var intake = transaction!.Intake ??= Receiver.Begin(transaction, client!);
        using var span = GatewayTracing.StartMessage(intake.Id);
        if (!await Receiver.ReadChunkAsync(intake, command.ChunkLength))
            return SmtpReplies.TimedOut;
        if (!command.IsLast)
            return SmtpReplies.ChunkAccepted;
        intake.Chunks.Finish();
        return await FinishAsync(transaction, span);
    }

    private async ValueTask<SmtpReply> SkipChunkAsync(SmtpCommand command, SmtpReply refusal)
    {
        if (!await Receiver.SkipChunkAsync(command.ChunkLength))
            return SmtpReplies.TimedOut;
        if (command.IsLast)
            await DropAsync();
        else if (transaction is not null)
            transaction.ChunksRefused = true;
        return refusal;
    }

    private async ValueTask<SmtpReply> FinishAsync(SmtpTransaction finished, Activity? span)
    {
        transaction = null;
        var reply = await Receiver.FinishAsync(finished, finished.Intake!);
        span.SetOutcome(finished.Recipients.Count, finished.Intake!.Message.Size, reply);
        return reply;
    }

    /// <summary>Forgets the transaction, and what came of its message.</summary>
    public async ValueTask DropAsync()
    {
        var dropped = transaction;
        transaction = null;
        if (dropped?.Intake is { } intake)
            await Receiver.AbandonAsync(intake);
    }
}
