using System.Buffers;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using Orleans.Mail.Gateway.Abuse;
using Orleans.Mail.Gateway.Hosting;
using Orleans.Mail.Protocols;
using Orleans.Mail.Protocols.Pop3;

namespace Orleans.Mail.Gateway.Pop3;

/// <summary>
/// One session from greeting to close: reads commands, has them done in the state they come in, and sends the replies when
/// no complete command waits any more (pipelining, RFC 2449 section 6.6). However it ends, the mailbox is given back.
/// </summary>
internal sealed partial class Pop3Session : IShownSession
{
    /// <summary>A client that pipelines without reading is held back at so many octets of replies.</summary>
    public const int FlushAt = 64 * 1024;

    private readonly ClientConnection connection;
    private readonly Pop3Services services;
    private readonly ILogger logger;
    private readonly Pop3CommandReader reader = new();
    private readonly AuthorizationCommands authorization;
    private readonly TransactionCommands transaction;
    private Pop3State state = new Pop3State.Authorization(Name: null);
    private int errors;
    private bool waiting;
    private bool heardLine;

    public Pop3Session(ClientConnection connection, Pop3Services services)
    {
        this.connection = connection;
        this.services = services;
        logger = services.Logger;
        authorization = new(connection, services);
        transaction = new(connection, services);
        connection.Session = this;
    }

    public SessionFacts Describe() => new(state is Pop3State.Transaction open ? open.User.ToString() : "");

    public async Task RunAsync()
    {
        try
        {
            connection.Replies.WriteGreeting(services.HostName, Product.Version);
            do
                await connection.FlushAsync();
            while (await ReadAndHandleAsync());
            await connection.FlushAsync();
        }
        finally
        {
            if (state is Pop3State.Transaction open)
                await transaction.LeaveAsync(open);
        }
    }

    // False when the session is over; what was written is still to be sent.
    private async ValueTask<bool> ReadAndHandleAsync()
    {
        if (!waiting)
            connection.StartWait(services.Options.Timeout);
        waiting = true;
        var read = await connection.ReadAsync();
        var input = read.Buffer;
        if (!heardLine && ForeignProtocol.IsStartOf(input))
        {
            connection.TellRefused(RefusalReason.ForeignProtocol, "", "");
            return false;
        }

        var goesOn = true;
        while (goesOn && state is not Pop3State.StartingTls && !MustEnd())
        {
            if (state is Pop3State.Authenticating login)
            {
                if (!reader.TryReadResponse(ref input, out var response))
                    break;
                EndWait();
                if (connection.IsTraced)
                    connection.TraceReceived(ProtocolTrace.Secret);
                goesOn = await AdvanceAsync(authorization.RespondAsync(login, response), Pop3Verb.Auth);
            }
            else
            {
                if (!reader.TryRead(ref input, out var command))
                    break;
                EndWait();
                goesOn = await HandleAsync(command);
            }

            if (connection.Output.UnflushedBytes >= FlushAt)
                await connection.FlushAsync();
        }

        if (state is Pop3State.StartingTls)
        {
            connection.Input.AdvanceTo(input.Start);
            await connection.StartTlsAsync();
            state = new Pop3State.Authorization(Name: null);
            return true;
        }

        connection.Input.AdvanceTo(input.Start, input.End);
        return goesOn && !SaidEnd() && !read.IsCompleted;
    }

    private void EndWait()
    {
        connection.EndWait();
        waiting = false;
        heardLine = true;
    }

    private bool MustEnd() => connection.Draining || connection.TimedOut || state is Pop3State.Transaction { Mailbox.IsLost: true };

    private bool SaidEnd()
    {
        if (state is Pop3State.Transaction { Mailbox.IsLost: true })
            connection.Replies.Write(Pop3Reply.LeaseLost);
        else if (connection.Draining)
            connection.Replies.Write(Pop3Reply.Stopping);
        else if (connection.TimedOut)
            connection.TellRefused(RefusalReason.TimedOut, Describe().Name, ""); // RFC 1939 section 3: it closes without a reply
        return MustEnd();
    }

    private ValueTask<bool> HandleAsync(Pop3Command command)
    {
        var phase = state is Pop3State.Transaction ? Pop3Phase.Transaction : Pop3Phase.Authorization;
        if (connection.IsTraced)
            connection.TraceReceived(Pop3Trace.Describe(command));
        if (command.Fault == Pop3Fault.LineTooLong)
            return new(Refuse(Pop3Reply.LineTooLong));
        if (command.Verb == Pop3Verb.Unknown)
            return new(Refuse(Pop3Reply.UnknownCommand));
        if (!Pop3Rules.IsLegal(command.Verb, phase))
            return new(Refuse(phase == Pop3Phase.Authorization ? Pop3Reply.LogInFirst : Pop3Reply.LoggedInAlready));
        if (command.Fault == Pop3Fault.Syntax)
            return new(Refuse(Pop3Reply.WrongSyntax));
        return AdvanceAsync(
            state switch
            {
                Pop3State.Transaction open => transaction.HandleAsync(open, command),
                Pop3State.Authorization login => authorization.HandleAsync(login, command),
                _ => throw new InvalidOperationException($"{command} came in {state}"),
            },
            command.Verb);
    }

    // The one place where a fault of grains or store becomes a reply; the client is not told the cause.
    private async ValueTask<bool> AdvanceAsync(ValueTask<Pop3State> handling, Pop3Verb verb)
    {
        try
        {
            state = await handling;
        }
        catch (Exception exception) when (!IsBroken(exception))
        {
            LogTrouble(exception, verb);
            services.Metrics.CountTrouble();
            if (transaction.IsReplying)
            {
                // Only a broken connection tells the client that the message is not whole.
                connection.Abort("a message could not be read to its end");
                return false;
            }

            connection.Replies.Write(Pop3Reply.MailboxUnavailable);
            if (state is not Pop3State.Transaction)
                state = new Pop3State.Authorization(Name: null);
        }

        return state is not Pop3State.Ended;
    }

    private static bool IsBroken(Exception exception) => exception is ConnectionResetException or ConnectionAbortedException;

    private bool Refuse(ReadOnlySpan<byte> reply)
    {
        connection.Replies.Write(reply);
        if (++errors < services.Options.MaxErrors)
            return true;
        connection.Replies.Write(Pop3Reply.TooManyErrors);
        connection.TellRefused(RefusalReason.Errors, Describe().Name, "-ERR too many errors");
        return false;
    }
}
