using Microsoft.AspNetCore.Connections;
using Orleans.Mail.Gateway.Abuse;
using Orleans.Mail.Gateway.Hosting;
using Orleans.Mail.Gateway.Relaying;
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
    private MailTransactions? mail;
    private SmtpHello? client;
    private bool heardCommand;
    private bool ended;

    private SmtpState State => client is null ? SmtpState.Connected : mail?.State ?? SmtpState.Greeted;

    private SmtpAuthentication Authentication => authentication ??= new(connection, wire, commands, services);

    private MailTransactions Mail => mail ??= new(connection, wire, relay, Authentication, services);

    public SessionFacts Describe() => (mail?.Describe() ?? new SessionFacts("")) with { Name = client?.Name ?? "" };

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
            await DropMailAsync();
        }
    }

    // Null when the session is over: the client is gone, too slow, no mail client, or we stop.
    private async ValueTask<SmtpCommand?> ReadCommandAsync()
    {
        while (true)
        {
            if (connection.Draining && mail?.IsOpen != true)
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
        await DropMailAsync();
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
                return await Mail.OpenAsync(command, client!);
            case SmtpVerb.Rcpt:
                return await Mail.AddRecipientAsync(command);
            case SmtpVerb.Data:
                return Forgive(await Mail.ReceiveDataAsync());
            case SmtpVerb.Rset:
                await DropMailAsync();
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
        await DropMailAsync();
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

    private async ValueTask<SmtpReply> ReceiveChunkAsync(SmtpCommand command, SmtpReply? refusal)
    {
        var reply = await Mail.ReceiveChunkAsync(command, refusal);
        ended |= Mail.IsOutOfStep;
        return command.IsLast ? Forgive(reply) : reply;
    }

    // Who sends good mail may have made errors before.
    private SmtpReply Forgive(SmtpReply reply)
    {
        if (!reply.IsRefusal)
            errors.Clear();
        return reply;
    }

    private ValueTask DropMailAsync() => mail?.DropAsync() ?? ValueTask.CompletedTask;
}
