using Orleans.Mail.Protocols.Sasl;

namespace Orleans.Mail.Gateway.Logins;

/// <summary>
/// One AUTH command of SMTP or POP3: takes the client's lines to the SASL exchange, and what the exchange asks for to the
/// <see cref="LoginService"/>.
/// </summary>
internal sealed class SaslLogin
{
    private readonly LoginService logins;
    private readonly LoginAttempt attempt;
    private readonly SaslExchange exchange;
    private OpenLogin? open;
    private LoginResult? result;

    /// <param name="logins">Checks logins.</param>
    /// <param name="attempt">What is known of the attempt; the name comes later.</param>
    /// <param name="mechanism">What the client chose of <paramref name="offer"/>.</param>
    /// <param name="offer">What it was offered.</param>
    /// <param name="endPoint">The channel binding data of its TLS session; empty without.</param>
    public SaslLogin(LoginService logins, LoginAttempt attempt, SaslMechanism mechanism, AuthOffer offer, ReadOnlyMemory<byte> endPoint)
    {
        this.logins = logins;
        this.attempt = attempt with { Mechanism = mechanism };
        exchange = SaslExchange.Create(mechanism, new ChannelBinding(offer.HasBinding, endPoint));
    }

    /// <param name="initial">What came with the command; null when nothing did.</param>
    public ValueTask<SaslTurn> StartAsync(string? initial) =>
        initial is null ? TakeAsync(exchange.Start()) : RespondAsync(SaslText.DecodeInitial(initial));

    /// <summary>Takes the client's line.</summary>
    public ValueTask<SaslTurn> RespondAsync(string line) =>
        line == "*" ? new(SaslTurn.Cancelled.Instance) : RespondAsync(SaslText.Decode(line));

    private ValueTask<SaslTurn> RespondAsync(byte[]? response) =>
        response is null ? new(SaslTurn.Malformed.Instance) : TakeAsync(exchange.Respond(response));

    private ValueTask<SaslTurn> TakeAsync(SaslStep step) => step switch
    {
        SaslStep.Challenge challenge => new(Ask(challenge)),
        SaslStep.Password password => CheckAsync(password.Credentials),
        SaslStep.Keys keys => OfferAsync(keys.Name),
        SaslStep.Proof proof => CloseAsync(proof.Outcome),
        SaslStep.Confirmed => new(new SaslTurn.Ended(result!)),
        _ => new(SaslTurn.Malformed.Instance),
    };

    private static SaslTurn.Challenge Ask(SaslStep step) => new(SaslText.Encode(((SaslStep.Challenge)step).Octets));

    private async ValueTask<SaslTurn> CheckAsync(PlainCredentials credentials) =>
        new SaslTurn.Ended(await logins.LoginAsync(attempt with { Name = credentials.Name }, credentials.Password));

    private async ValueTask<SaslTurn> OfferAsync(string name)
    {
        open = await logins.OpenAsync(attempt with { Name = name });
        if (open.Verdict is { } verdict)
            return new SaslTurn.Ended(await logins.CloseAsync(open, verdict));
        return await logins.KeysOfAsync(open) is { } keys
            ? Ask(((ScramExchange)exchange).Offer(keys))
            : new SaslTurn.Ended(await logins.CloseAsync(open, LoginVerdict.Unavailable));
    }

    private async ValueTask<SaslTurn> CloseAsync(ScramOutcome outcome)
    {
        result = await logins.CloseAsync(open!, outcome);
        return result.Status == LoginStatus.Accepted ? Ask(((ScramExchange)exchange).Confirm()) : new SaslTurn.Ended(result);
    }
}

/// <summary>What a protocol does next with an AUTH command.</summary>
internal abstract record SaslTurn
{
    private SaslTurn()
    {
    }

    /// <summary>The client is sent this, and its next line is its response.</summary>
    public sealed record Challenge(string Text) : SaslTurn;

    /// <summary>The login was checked.</summary>
    public sealed record Ended(LoginResult Result) : SaslTurn;

    /// <summary>The client has changed its mind.</summary>
    public sealed record Cancelled : SaslTurn
    {
        public static readonly Cancelled Instance = new();
    }

    /// <summary>The line was no response of the mechanism; nobody tried to log in.</summary>
    public sealed record Malformed : SaslTurn
    {
        public static readonly Malformed Instance = new();
    }
}
