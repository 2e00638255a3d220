namespace Orleans.Mail.Protocols.Sasl;

/// <summary>
/// The server's side of one exchange: octets of the client come in, steps come out. What needs a password checked or keys
/// looked up is the caller's, so an exchange knows no I/O and no secret that the client does not send.
/// </summary>
public abstract class SaslExchange
{
    private protected SaslExchange()
    {
    }

    /// <param name="mechanism">What the client chose.</param>
    /// <param name="binding">What the server offers to bind a SCRAM exchange to.</param>
    public static SaslExchange Create(SaslMechanism mechanism, ChannelBinding binding) => mechanism switch
    {
        SaslMechanism.Plain => new PlainExchange(),
        SaslMechanism.Login => new LoginExchange(),
        _ => new ScramExchange(mechanism == SaslMechanism.ScramSha256Plus, binding),
    };

    /// <summary>The exchange begins without a response of the client.</summary>
    public virtual SaslStep Start() => SaslStep.Challenge.Empty;

    /// <summary>Takes the client's next response; the first one may have come with the command.</summary>
    public abstract SaslStep Respond(ReadOnlySpan<byte> response);
}

/// <summary>What there is to bind an exchange to the TLS session that carries it (RFC 5056).</summary>
/// <param name="IsOffered">A mechanism with binding is among those that the client was told: who says that there is none was deceived (RFC 5802 section 6).</param>
/// <param name="EndPoint">The data of tls-server-end-point (RFC 5929 section 4); empty without TLS.</param>
public readonly record struct ChannelBinding(bool IsOffered, ReadOnlyMemory<byte> EndPoint)
{
    /// <summary>The only type there is: the exporter of TLS 1.3 (RFC 9266) is not within the framework's reach.</summary>
    public const string EndPointName = "tls-server-end-point";
}
