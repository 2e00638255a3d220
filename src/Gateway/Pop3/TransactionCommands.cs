using System.Buffers;
using Microsoft.Extensions.Logging;
using Orleans.Mail.Gateway.Hosting;
using Orleans.Mail.Gateway.Telemetry;
using Orleans.Mail.Protocols.Pop3;

namespace Orleans.Mail.Gateway.Pop3;

/// <summary>The commands of the TRANSACTION state, and the end of it (RFC 1939 sections 5 to 7).</summary>
internal sealed partial class TransactionCommands(ClientConnection connection, Pop3Services services)
{
    private readonly ILogger logger = services.Logger;
    private readonly long started = services.Time.GetTimestamp();
    private long retrieved;
    private long octets;

    /// <summary>A message is being sent: its reply has begun and can no longer become another.</summary>
    public bool IsReplying { get; private set; }

    public ValueTask<Pop3State> HandleAsync(Pop3State.Transaction state, Pop3Command command)
    {
        state.Mailbox.Touch();
        switch (command.Verb)
        {
            case Pop3Verb.Stat:
                connection.Replies.WriteStat(state.Mailbox.Messages, state.Mailbox.Octets);
                return new(state);
            case Pop3Verb.Rset:
                state.Mailbox.Undelete();
                return Say(Pop3Reply.Undeleted, state);
            case Pop3Verb.Noop:
                return Say(Pop3Reply.Ok, state);
            case Pop3Verb.Capa:
                connection.Replies.WriteCapabilities(Product.Version, user: true, services.Offers.OfferTo(connection).Names, startTls: false);
                return new(state);
            case Pop3Verb.Quit:
                return QuitAsync(state);
            default:
                return HandleMessagesAsync(state, command);
        }
    }

    /// <summary>Ends a session that did not say QUIT: nothing is deleted, unless the operator wants it so.</summary>
    public async ValueTask LeaveAsync(Pop3State.Transaction state)
    {
        Close(state);
        if (services.Options.DeleteOnDisconnect && state.Mailbox.DeletedMessages > 0)
            await CommitAsync(state);
        else
            await ReleaseAsync(state);
    }

    // Those that need the snapshot.
    private async ValueTask<Pop3State> HandleMessagesAsync(Pop3State.Transaction state, Pop3Command command)
    {
        if (await state.Mailbox.ListAsync() is not { } messages)
            return state; // the lease is lost: the session says so and ends
        if (command.Message is not { } number)
        {
            await WriteListingsAsync(messages, command.Verb);
            return state;
        }

        if (!messages.Contains(number))
            return Answer(Pop3Reply.NoSuchMessage, state);
        if (messages.IsDeleted(number))
            return Answer(Pop3Reply.DeletedAlready, state);
        switch (command.Verb)
        {
            case Pop3Verb.Retr:
                await RetrieveAsync(state.Mailbox, messages[number]);
                return state;
            case Pop3Verb.Top:
                await TopAsync(state.Mailbox, messages[number], command.Lines);
                return state;
            case Pop3Verb.Dele:
                messages.Delete(number);
                return Answer(Pop3Reply.Deleted, state);
            case Pop3Verb.List or Pop3Verb.Uidl:
                connection.Replies.Write("+OK "u8);
                WriteListing(messages, command.Verb, number);
                return state;
            default:
                throw new InvalidOperationException($"{command} is not legal with a mailbox open");
        }
    }

    private async ValueTask WriteListingsAsync(MessageListing messages, Pop3Verb verb)
    {
        connection.Replies.Write(Pop3Reply.ListFollows);
        for (var number = 1; number <= messages.Count; number++)
        {
            if (messages.IsDeleted(number))
                continue;
            WriteListing(messages, verb, number);
            if (connection.Output.UnflushedBytes >= Pop3Session.FlushAt)
                await connection.FlushAsync();
        }

        connection.Output.Write(Pop3Reply.End);
    }

    private void WriteListing(MessageListing messages, Pop3Verb verb, int number)
    {
        if (verb == Pop3Verb.List)
            connection.Output.WriteScanListing(number, messages[number].Size);
        else
            connection.Output.WriteUniqueIdListing(number, messages[number].Id.ToString());
    }

    private async ValueTask RetrieveAsync(OpenMailbox mailbox, ListedMessage message)
    {
        using var span = GatewayTracing.StartRetrieval(message.Id, message.Size);
        await using var stored = await StoredMessage.OpenAsync(services.Bodies, message);
        connection.Replies.WriteMessageFollows(message.Size);
        IsReplying = true;
        await stored.WriteAsync(connection, mailbox, lines: null);
        IsReplying = false;
        retrieved++;
        octets += message.Size;
        services.Metrics.CountRetrieved(message.Size);
    }

    private async ValueTask TopAsync(OpenMailbox mailbox, ListedMessage message, int lines)
    {
        await using var stored = await StoredMessage.OpenAsync(services.Bodies, message);
        connection.Replies.Write(Pop3Reply.TopFollows);
        IsReplying = true;
        await stored.WriteAsync(connection, mailbox, lines);
        IsReplying = false;
    }

    // The UPDATE state: RFC 1939 section 6.
    private async ValueTask<Pop3State> QuitAsync(Pop3State.Transaction state)
    {
        Close(state);
        if (state.Mailbox.DeletedMessages == 0)
        {
            await ReleaseAsync(state);
            return Answer(Pop3Reply.Goodbye, Pop3State.Ended.Instance);
        }

        switch (await CommitAsync(state))
        {
            case QuitResult.Done:
                return Answer(Pop3Reply.Goodbye, Pop3State.Ended.Instance);
            case QuitResult.LeaseLost:
                return Answer(Pop3Reply.LeaseLost, Pop3State.Ended.Instance);
            default:
                return Answer(Pop3Reply.NothingDeleted, Pop3State.Ended.Instance);
        }
    }

    // Null when it failed, or its outcome stayed unknown.
    private async ValueTask<QuitResult?> CommitAsync(Pop3State.Transaction state)
    {
        try
        {
            var result = await state.Mailbox.CommitAsync(LogCommitAgain);
            if (result == QuitResult.Done)
                services.Metrics.CountDeleted(state.Mailbox.DeletedMessages);
            else
                LogLeaseLost(state.User);
            return result;
        }
        catch (Exception exception)
        {
            LogNotCommitted(exception, state.User);
            services.Metrics.CountTrouble();
            await ReleaseAsync(state);
            return null;
        }
    }

    // Nobody waits for the outcome: what is not released is free a minute later.
    private async ValueTask ReleaseAsync(Pop3State.Transaction state)
    {
        try
        {
            await state.Mailbox.ReleaseAsync(exception => LogNotReleased(exception, state.User));
        }
        catch (Exception exception)
        {
            LogNotReleased(exception, state.User);
        }
    }

    private void Close(Pop3State.Transaction state)
    {
        services.Mailboxes.Remove(state.Mailbox);
        services.Metrics.CountClosed();
        LogSession(connection.RemoteAddress, state.User, retrieved, octets, state.Mailbox.DeletedMessages, services.Time.GetElapsedTime(started).TotalSeconds);
    }

    private ValueTask<Pop3State> Say(ReadOnlySpan<byte> reply, Pop3State next) => new(Answer(reply, next));

    private Pop3State Answer(ReadOnlySpan<byte> reply, Pop3State next)
    {
        connection.Replies.Write(reply);
        return next;
    }
}
