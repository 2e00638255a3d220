using System.Diagnostics;
using System.Text;
using Microsoft.AspNetCore.Connections;
using Orleans.Mail.Gateway.Abuse;
using Orleans.Mail.Gateway.Hosting;
using Orleans.Mail.Gateway.Relaying;
using Orleans.Mail.Gateway.Telemetry;
using Orleans.Mail.Protocols;
using Orleans.Mail.Protocols.Smtp;

namespace Orleans.Mail.Gateway.Smtp;

/// <summary>The dialogue on one connection: reads commands, keeps their order, answers each once.</summary>
internal sealed partial class SmtpSession(ClientConnection connection, SmtpServices services) : IShownSession
{
    private readonly SmtpWire wire = new(connection);
    private readonly SmtpCommandReader commands = new(services.Options.AllowBarePaths);
    private readonly RelayRight relay = new(connection.RemoteAddress, services.Perimeter.Relay, services.Time);
    private ErrorBudget errors = new(services.Options.SoftErrors, services.Options.HardErrors);
    private SmtpAuthentication? authentication;
    private MessageReceiver? receiver;
    private SmtpHello? client;
    private SmtpTransaction? transaction;
    private SmtpPath? latestRecipient;
    private int transactions;
    private bool heardCommand;
    private bool ended;

    private SmtpState State => client is null ? SmtpState.Connected : transaction?.State ?? SmtpState.Greeted;

    private SmtpAuthentication Authentication => authentication ??= new(connection, wire, commands, services);

    private MessageReceiver Receiver => receiver ??= new(connection, wire, relay, services);

    public SessionFacts Describe()
    {
        var current = transaction;
        var recipient = current?.Accepted > 0 ? latestRecipient : null;
        return new(client?.Name ?? "", current?.Sender.ToString() ?? "", recipient?.ToString() ?? "", current?.Intake?.Message.Size ?? 0);
    }

    public async Task RunAsync()
    {
        connection.Session = this;
        try
        {
            if (await SpeaksEarlyAsync())
                End(SmtpReplies.EarlyTalker, RefusalReason.EarlyTalker);
            else
                Say(services.Greet());
            while (!ended)
            {
                if (await ReadCommandAsync() is { } command)
                    await AnswerAsync(command);
            }

            await wire.FlushAsync();
        }
        finally
        {
            await DropTransactionAsync();
        }
    }

    // Null when the session is over: the client is gone, too slow, no mail client, or we stop.
    private async ValueTask<SmtpCommand?> ReadCommandAsync()
    {
        while (true)
        {
            if (connection.Draining && transaction is null)
                return End(SmtpReplies.Stopping);
            var result = await wire.ReadAsync(Timeout());
            var buffer = result.Buffer;
            if (!heardCommand && ForeignProtocol.IsStartOf(buffer))
            {
                connection.TellRefused(RefusalReason.ForeignProtocol, "", "");
                ended = true;
                return null;
            }

            var complete = commands.TryRead(ref buffer, out var command);
            if (complete && connection.IsTraced)
                connection.TraceReceived(SmtpTrace.Describe(command, result.Buffer.Slice(0, buffer.Start)));
            if (complete)
            {
                wire.Advance(buffer.Start);
                wire.EndWait();
                heardCommand = true;
                return command;
            }

            wire.Advance(buffer.Start, buffer.End);
            if (result.IsCompleted)
            {
                ended = true;
                return null;
            }

            if (wire.TimedOut)
                return End(SmtpReplies.TimedOut, RefusalReason.TimedOut);
        }
    }

    // RFC 5321 4.5.3.2, as limits on the client.
    private TimeSpan Timeout() => State switch
    {
        SmtpState.Connected => services.Options.HelloTimeout,
        SmtpState.Greeted => services.Options.MailTimeout,
        SmtpState.Sender => services.Options.RcptTimeout,
        SmtpState.Recipients => services.Options.DataTimeout,
        _ => services.Options.BlockTimeout,
    };

    // A reason is given by who does not tell it otherwise.
    private SmtpCommand? End(SmtpReply reply, RefusalReason? reason = null)
    {
        Say(reply);
        if (reason is not null)
            connection.TellRefused(reason, client?.Name ?? "", reply.ToString());
        LogEnded(connection.RemoteAddress, reply);
        ended = true;
        return null;
    }

    private void Say(SmtpReply reply) => wire.Write(reply);

    // Mail servers wait for the greeting (RFC 5321 3.1); who is in a hurry is none.
    private async ValueTask<bool> SpeaksEarlyAsync() =>
        services.Options.BannerDelay > TimeSpan.Zero
        && connection.Port == MailPort.Smtp
        && !services.Perimeter.Blocks.IsExempt(connection.RemoteAddress)
        && !await BannerDelay.IsKeptAsync(connection, services.Options.BannerDelay, services.Time);

    private async ValueTask AnswerAsync(SmtpCommand command)
    {
        SmtpReply reply;
        try
        {
            reply = await ExecuteAsync(command);
        }
        catch (Exception exception) when (exception is not (ConnectionResetException or ConnectionAbortedException))
        {
            // Where the next command begins is not known after a fault inside a message.
            LogFault(exception, command.Verb, connection.RemoteAddress);
            ended = command.Verb is SmtpVerb.Data or SmtpVerb.Bdat;
            reply = SmtpReplies.Fault(connection.Id);
        }

        errors.Count(reply);
        if (errors.Delay > TimeSpan.Zero && reply.IsError)
        {
            await wire.FlushAsync(); // what is due already is not held back
            await Task.Delay(errors.Delay, services.Time);
        }

        if (errors.IsSpent)
            End(SmtpReplies.TooManyErrors, RefusalReason.Errors);
        else if (reply.Code == SmtpReplies.TimedOut.Code)
            End(reply, reply == SmtpReplies.TimedOut ? RefusalReason.TimedOut : null);
        else
            Say(reply);
        if (ReferenceEquals(reply, SmtpReplies.StartTls))
            await StartTlsAsync();
    }

    // RFC 3207 4.2: what was known from before is forgotten.
    private async ValueTask StartTlsAsync()
    {
        await DropTransactionAsync();
        client = null;
        await wire.StartTlsAsync();
    }

    private async ValueTask<SmtpReply> ExecuteAsync(SmtpCommand command)
    {
        if (command.IsUnreadable)
            return command.Fault!;
        var refusal = SmtpLegality.Refuse(State, command.Verb) ?? command.Fault;
        if (command.Verb == SmtpVerb.Bdat)
            return await ReceiveChunkAsync(command, refusal);
        if (refusal is not null)
            return refusal;
        switch (command.Verb)
        {
            case SmtpVerb.Helo or SmtpVerb.Ehlo:
                return await GreetAsync(command);
            case SmtpVerb.Auth:
                return await AuthenticateAsync(command);
            case SmtpVerb.Mail:
                return await OpenTransactionAsync(command);
            case SmtpVerb.Rcpt:
                return await AddRecipientAsync(command);
            case SmtpVerb.Data:
                return await ReceiveDataAsync();
            case SmtpVerb.Rset:
                await DropTransactionAsync();
                return SmtpReplies.Reset;
            case SmtpVerb.StartTls:
                return RefuseTls() ?? SmtpReplies.StartTls;
            case SmtpVerb.Vrfy:
                return SmtpReplies.NotVerified; // RFC 5321 3.5.3
            case SmtpVerb.Help:
                return SmtpReplies.Help;
            case SmtpVerb.Quit:
                ended = true;
                return SmtpReplies.Closing;
            default:
                return SmtpReplies.Done;
        }
    }

    private async ValueTask<SmtpReply> GreetAsync(SmtpCommand command)
    {
        await DropTransactionAsync();
        var extended = command.Verb == SmtpVerb.Ehlo;
        client = new(command.Name!, extended);
        return extended ? services.ExtensionsFor(Authentication.Offer, connection.CanStartTls) : services.Hello;
    }

    // Who the client proved to be in plaintext is not carried over into TLS.
    private SmtpReply? RefuseTls() =>
        connection.Tls is not null ? SmtpReplies.TlsIsOn
        : !connection.CanStartTls ? SmtpReplies.NotImplemented
        : Authentication.User is not null ? SmtpReplies.AuthenticatedAlready
        : null;

    private async ValueTask<SmtpReply> AuthenticateAsync(SmtpCommand command)
    {
        var reply = await Authentication.RunAsync(command, client!);
        if (Authentication.User is not null)
            relay.Prove();
        return reply;
    }

    private async ValueTask<SmtpReply> OpenTransactionAsync(SmtpCommand command)
    {
        if (Authentication.RefuseMail() is { } early)
            return early;
        var sender = command.Path!;
        if (transactions >= services.Options.MaxMessages)
            return RefuseSender(sender, RefusalReason.MessageRate, SmtpReplies.TooManyMessages);
        if ((command.HasParameters && !client!.Extended) || (command.HasAuth && Authentication.Offer.IsEmpty))
            return SmtpReplies.UnknownParameter; // RFC 5321 4.1.1.11
        if (command.Size > services.MaxMessageSize)
            return RefuseSender(sender, RefusalReason.Sender, SmtpReplies.TooLarge); // RFC 1870 section 6.1
        if (FindRefusal(sender) is var (reason, refusal))
            return RefuseSender(sender, reason, refusal);
        if (Authentication.User is { } user && await services.OwnSenders.RefuseAsync(user, sender) is { } notOwn)
            return RefuseSender(sender, RefusalReason.Sender, notOwn);
        if (await Authentication.MaxSizeAsync(sender) is not { } maxSize)
            return SmtpReplies.TryAgain;
        if (maxSize > 0 && command.Size > maxSize)
            return RefuseSender(sender, RefusalReason.Sender, SmtpReplies.TooLargeForSender);
        transactions++;
        transaction = new(command.Path!, command.Utf8)
        {
            User = Authentication.User,
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
        if (perimeter.Blocks.IsExempt(address) || (perimeter.Rates.MaySend(address) && (Authentication.User is not { } user || perimeter.Rates.MaySend(user))))
            return null;
        return (RefusalReason.MessageRate, SmtpReplies.TooManyInAMinute);
    }

    private SmtpReply RefuseSender(SmtpPath sender, RefusalReason reason, SmtpReply reply)
    {
        connection.TellRefused(reason, sender.Text, reply.ToString());
        return reply;
    }

    private async ValueTask<SmtpReply> AddRecipientAsync(SmtpCommand command)
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

    private async ValueTask<SmtpReply> ReceiveDataAsync()
    {
        transaction!.Intake = Receiver.Begin(transaction, client!);
        using var span = GatewayTracing.StartMessage(transaction.Intake.Id);
        Say(SmtpReplies.StartMail);
        if (!await Receiver.ReadDataAsync(transaction.Intake))
            return SmtpReplies.TimedOut;
        return await FinishAsync(transaction, span);
    }

    // RFC 3030 section 2. A chunk follows its command whatever the answer will be.
    private async ValueTask<SmtpReply> ReceiveChunkAsync(SmtpCommand command, SmtpReply? refusal)
    {
        if (command.Fault is not null)
        {
            ended = true; // how much follows is not known
            return command.Fault;
        }

        var before = transaction?.Intake?.Message.Size ?? 0;
        if (command.ChunkLength > services.MaxMessageSize - before)
        {
            ended = true; // sooner than to read it for nothing
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
            await DropTransactionAsync();
        else if (transaction is not null)
            transaction.ChunksRefused = true;
        return refusal;
    }

    private async ValueTask<SmtpReply> FinishAsync(SmtpTransaction finished, Activity? span)
    {
        transaction = null;
        var reply = await Receiver.FinishAsync(finished, finished.Intake!);
        span.SetOutcome(finished.Recipients.Count, finished.Intake!.Message.Size, reply);
        if (!reply.IsRefusal)
            errors.Clear();
        return reply;
    }

    private async ValueTask DropTransactionAsync()
    {
        var dropped = transaction;
        transaction = null;
        if (dropped?.Intake is { } intake)
            await Receiver.AbandonAsync(intake);
    }
}
