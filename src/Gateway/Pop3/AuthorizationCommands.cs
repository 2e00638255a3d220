using System.Buffers;
using System.Text;
using Orleans.Mail.Gateway.Abuse;
using Orleans.Mail.Gateway.Hosting;
using Orleans.Mail.Gateway.Logins;
using Orleans.Mail.Protocols.Pop3;
using Orleans.Mail.Protocols.Sasl;

namespace Orleans.Mail.Gateway.Pop3;

/// <summary>The commands of the AUTHORIZATION state: how a client logs in (RFC 1939 section 4, RFC 5034).</summary>
internal sealed partial class AuthorizationCommands(ClientConnection connection, Pop3Services services)
{
    private static readonly Pop3State.Authorization Start = new(Name: null);

    private int failures;

    // RFC 2595 section 4 leaves it to the server what may be said before STLS.
    private bool MayLogIn => !services.Options.RequireTls || services.Offers.IsPrivate(connection);

    private AuthOffer Offer => MayLogIn ? services.Offers.OfferTo(connection) : AuthOffer.None;

    public ValueTask<Pop3State> HandleAsync(Pop3State.Authorization state, Pop3Command command)
    {
        switch (command.Verb)
        {
            case Pop3Verb.User or Pop3Verb.Pass when !MayLogIn:
                return RefusePlaintext(command.Verb == Pop3Verb.User ? command.Text! : "");
            case Pop3Verb.User:
                // +OK whoever it is: the reply must not tell who has a mailbox.
                return Say(Pop3Reply.NameTaken, new Pop3State.Authorization(command.Text));
            case Pop3Verb.Pass:
                return state.Name is { } name ? LogInAsync(name, command.Text!) : Say(Pop3Reply.NameFirst, state);
            case Pop3Verb.Auth:
                return AuthenticateAsync(state, command);
            case Pop3Verb.Capa:
                connection.Replies.WriteCapabilities(Product.Version, MayLogIn, Offer.Names, connection.CanStartTls);
                return new(state);
            case Pop3Verb.Utf8:
                return Say(Pop3Reply.Utf8On, state);
            case Pop3Verb.Stls:
                return connection.Tls is not null ? Say(Pop3Reply.TlsIsOn, state)
                    : connection.CanStartTls ? Say(Pop3Reply.StartTls, Pop3State.StartingTls.Instance)
                    : Say(Pop3Reply.NoTls, state);
            case Pop3Verb.Quit:
                return Say(Pop3Reply.Goodbye, Pop3State.Ended.Instance);
            default:
                throw new InvalidOperationException($"{command} is not legal before a login");
        }
    }

    /// <summary>Takes the client's response to a challenge of AUTH; null when it was no ASCII text or too long.</summary>
    public ValueTask<Pop3State> RespondAsync(Pop3State.Authenticating state, string? response) =>
        response is null ? new(Fail(Pop3Reply.WrongResponse)) : TakeTurnAsync(state, state.Login.RespondAsync(response));

    // It counts as a failed login: else one connection could fill the log.
    private ValueTask<Pop3State> RefusePlaintext(string name)
    {
        connection.TellRefused(RefusalReason.NoTls, name, Encoding.ASCII.GetString(Pop3Reply.EncryptionRequired));
        return new(Fail(Pop3Reply.EncryptionRequired));
    }

    private ValueTask<Pop3State> AuthenticateAsync(Pop3State state, Pop3Command command)
    {
        var offer = Offer;
        if (command.Text is null)
        {
            connection.Replies.WriteMechanisms(offer.Mechanisms);
            return new(state);
        }

        if (SaslMechanisms.Find(command.Text) is not { } mechanism)
            return Say(Pop3Reply.UnknownMechanism, state);
        if (!offer.Mechanisms.Contains(mechanism))
            return offer.IsEmpty ? RefusePlaintext("") : Say(Pop3Reply.UnknownMechanism, state);
        var attempt = new LoginAttempt("", connection.Caller, mechanism, failures);
        var login = new SaslLogin(services.Logins, attempt, mechanism, offer, connection.Tls?.EndPointBinding ?? default);
        return TakeTurnAsync(new Pop3State.Authenticating(login), login.StartAsync(command.InitialResponse));
    }

    private async ValueTask<Pop3State> TakeTurnAsync(Pop3State.Authenticating state, ValueTask<SaslTurn> next)
    {
        switch (await next)
        {
            case SaslTurn.Challenge challenge:
                connection.Replies.WriteChallenge(challenge.Text);
                return state;
            case SaslTurn.Ended ended:
                return await ConcludeAsync(ended.Result);
            case SaslTurn.Cancelled:
                return Fail(Pop3Reply.Cancelled);
            default:
                return Fail(Pop3Reply.WrongResponse);
        }
    }

    private async ValueTask<Pop3State> LogInAsync(string name, string password) =>
        await ConcludeAsync(await services.Logins.LoginAsync(new LoginAttempt(name, connection.Caller, Mechanism: null, failures), password));

    private async ValueTask<Pop3State> ConcludeAsync(LoginResult login)
    {
        if (login is { Status: LoginStatus.Accepted, Address: { } address, Account: { } account })
            return await OpenAsync(address, account);
        if (login.Status == LoginStatus.Unavailable)
            return Answer(Pop3Reply.LoginUnavailable, Start);
        return Fail(Pop3Reply.LoginRefused);
    }

    // An exchange that is broken off counts, too: it has cost a look at the account.
    private Pop3State Fail(ReadOnlySpan<byte> reply) =>
        Answer(reply, ++failures < services.LoginOptions.MaxFailures ? Start : Pop3State.Ended.Instance);

    private async ValueTask<Pop3State> OpenAsync(MailAddress user, AccountLogin account)
    {
        var grain = services.Grains.GetGrain<IMailboxGrain>(account.MailboxId);
        var opened = await OpenAsync(grain, user);
        switch (opened)
        {
            case { Status: OpenStatus.Granted, Lease: { } lease, Usage: { } usage }:
                // Who loses the lease while idle is woken, and says so.
                var mailbox = new OpenMailbox(grain, lease, usage, services.Time, connection.Input.CancelPendingRead);
                services.Mailboxes.Add(mailbox);
                services.Metrics.CountOpened();
                await services.Relay.GrantAsync(connection.RemoteAddress, account);
                connection.Replies.WriteMailboxOpen(usage.Messages, usage.Bytes);
                return new Pop3State.Transaction(user, mailbox);
            case { Status: OpenStatus.InUse }:
                return Answer(Pop3Reply.InUse, Start);
            default: // the user was deleted between the check of the password and now
                return Answer(Pop3Reply.LoginRefused, Start);
        }
    }

    // Not to hear the answer is no reason to leave the mailbox locked: asked again, it is the same session.
    private async Task<OpenResult> OpenAsync(IMailboxGrain grain, MailAddress user)
    {
        var session = MessageId.New(services.Time);
        try
        {
            return await grain.OpenAsync(session, services.Options.TakeOverAfter);
        }
        catch (Exception exception)
        {
            LogNotOpened(exception, user);
        }

        try
        {
            return await grain.OpenAsync(session, services.Options.TakeOverAfter);
        }
        catch
        {
            _ = ReleaseAsync(grain, session, user);
            throw;
        }
    }

    // The client does not wait for it: what is not released is free a minute later.
    private async Task ReleaseAsync(IMailboxGrain grain, MessageId session, MailAddress user)
    {
        try
        {
            await OpenMailbox.ReleaseAsync(grain, session, exception => LogNotReleased(exception, user));
        }
        catch (Exception exception)
        {
            LogNotReleased(exception, user);
        }
    }

    private ValueTask<Pop3State> Say(ReadOnlySpan<byte> reply, Pop3State next) => new(Answer(reply, next));

    private Pop3State Answer(ReadOnlySpan<byte> reply, Pop3State next)
    {
        connection.Replies.Write(reply);
        return next;
    }
}
