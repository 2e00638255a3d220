using Microsoft.AspNetCore.Connections;
using Orleans.Mail.Gateway.Abuse;
using Orleans.Mail.Gateway.Hosting;
using Orleans.Mail.Gateway.Logins;
using Orleans.Mail.Protocols.Sasl;
using Orleans.Mail.Protocols.Smtp;

namespace Orleans.Mail.Gateway.Smtp;

/// <summary>AUTH on one connection (RFC 4954): what is offered, the exchange itself, and who the client turned out to be.</summary>
internal sealed class SmtpAuthentication(ClientConnection connection, SmtpWire wire, SmtpCommandReader commands, SmtpServices services)
{
    /// <summary>How old may be what is known of a user when a message is held against it.</summary>
    private static readonly TimeSpan Remembered = TimeSpan.FromSeconds(5);

    private int failures;
    private long maxSize;
    private long? asked;
    private AccountLogin? account;
    private long confirmed;

    /// <summary>Who has authenticated; null = nobody.</summary>
    public MailAddress? User { get; private set; }

    /// <summary>What EHLO names.</summary>
    public AuthOffer Offer => connection.Port.IsSubmission() || services.Options.Auth ? services.Offers.OfferTo(connection) : AuthOffer.None;

    /// <summary>Why the client may not send mail yet; null when it may.</summary>
    public SmtpReply? RefuseMail() =>
        !connection.Port.IsSubmission() || User is not null ? null
        : Offer.IsEmpty && connection.CanStartTls ? SmtpReplies.TlsRequired
        : SmtpReplies.AuthRequired;

    /// <summary>Why a user who logged in may send no more, however long ago that was; null when nothing speaks against it. Remembered for a moment.</summary>
    public ValueTask<SmtpReply?> RefuseUserAsync() =>
        account is null || services.Time.GetElapsedTime(confirmed) < Remembered ? new((SmtpReply?)null) : LookAgainAsync(User!, account);

    /// <summary>
    /// Octets of a message that the sender may send, or the user, whatever sender the user gives; 0 = no limit, null when it is
    /// not known now. Of a user it is remembered for a moment: many messages cost one call.
    /// </summary>
    public ValueTask<long?> MaxSizeAsync(SmtpPath sender) =>
        User is null ? services.Senders.MaxSizeAsync(null, sender)
        : asked is { } at && services.Time.GetElapsedTime(at) < Remembered ? new(maxSize)
        : AskMaxSizeAsync(sender);

    /// <summary>Does AUTH from the command to its last reply.</summary>
    public async ValueTask<SmtpReply> RunAsync(SmtpCommand command, SmtpHello client)
    {
        var offer = Offer;
        if (Refuse(client, offer) is { } refusal)
        {
            if (refusal == SmtpReplies.EncryptionRequired)
                connection.TellRefused(RefusalReason.NoTls, "", refusal.ToString());
            return refusal;
        }

        if (SaslMechanisms.Find(command.Mechanism!) is not { } mechanism || !offer.Mechanisms.Contains(mechanism))
            return SmtpReplies.UnknownMechanism;
        var attempt = new LoginAttempt("", connection.Caller, mechanism, failures) { ForSending = true };
        var login = new SaslLogin(services.Logins, attempt, mechanism, offer, connection.Tls?.EndPointBinding ?? default);
        var turn = await login.StartAsync(command.InitialResponse);
        while (turn is SaslTurn.Challenge challenge)
        {
            wire.Write(SmtpReplies.Challenge(challenge.Text));
            var (response, fault) = await ReadResponseAsync();
            if (fault is not null)
                return fault;
            turn = await login.RespondAsync(response);
        }

        return turn switch
        {
            SaslTurn.Ended ended => Conclude(ended.Result),
            SaslTurn.Cancelled => SmtpReplies.AuthCancelled,
            _ => SmtpReplies.BadResponse,
        };
    }

    private SmtpReply? Refuse(SmtpHello client, AuthOffer offer) =>
        User is not null ? SmtpReplies.AuthenticatedAlready
        : !connection.Port.IsSubmission() && !services.Options.Auth ? SmtpReplies.NotImplemented
        : !client.Extended ? SmtpReplies.ExtendedHelloFirst
        : offer.IsEmpty ? SmtpReplies.EncryptionRequired
        : null;

    private SmtpReply Conclude(LoginResult result)
    {
        if (result.Status == LoginStatus.Unavailable)
            return SmtpReplies.LoginUnavailable;
        if (result.Status == LoginStatus.Accepted)
        {
            (User, account) = (result.Address, result.Account);
            confirmed = services.Time.GetTimestamp();
            return SmtpReplies.Authenticated;
        }

        return ++failures < services.LoginOptions.MaxFailures ? SmtpReplies.LoginRefused : SmtpReplies.TooManyLogins;
    }

    private async ValueTask<SmtpReply?> LookAgainAsync(MailAddress user, AccountLogin login)
    {
        var status = await services.Logins.LookAgainAsync(user, login);
        if (status == LoginStatus.Accepted)
            confirmed = services.Time.GetTimestamp();
        return status switch
        {
            LoginStatus.Accepted => null,
            LoginStatus.Refused => SmtpReplies.LoginOver,
            _ => SmtpReplies.TryAgain,
        };
    }

    private async ValueTask<long?> AskMaxSizeAsync(SmtpPath sender)
    {
        if (await services.Senders.MaxSizeAsync(User, sender) is not { } size)
            return null;
        asked = services.Time.GetTimestamp();
        return maxSize = size;
    }

    // The wait for a line of the exchange is that for a command.
    private async ValueTask<(string Response, SmtpReply? Fault)> ReadResponseAsync()
    {
        while (true)
        {
            var result = await wire.ReadAsync(services.Options.MailTimeout);
            var buffer = result.Buffer;
            if (commands.TryReadResponse(ref buffer, out var response))
            {
                wire.Advance(buffer.Start);
                wire.EndWait();
                if (connection.IsTraced)
                    connection.TraceReceived(ProtocolTrace.Secret);
                return response is null ? ("", SmtpReplies.ResponseTooLong) : (response, null);
            }

            wire.Advance(buffer.Start, buffer.End);
            if (result.IsCompleted)
                throw new ConnectionAbortedException("the client closed in the middle of AUTH");
            if (wire.TimedOut)
                return ("", SmtpReplies.TimedOut);
            if (connection.Draining)
                return ("", SmtpReplies.Stopping);
        }
    }
}
