namespace Orleans.Mail.Protocols.Sasl;

/// <summary>What a response of the client leads to.</summary>
public abstract record SaslStep
{
    private SaslStep()
    {
    }

    /// <summary>The client is sent these octets and responds.</summary>
    public sealed record Challenge(ReadOnlyMemory<byte> Octets) : SaslStep
    {
        /// <summary>The client begins, and has not done so yet.</summary>
        public static readonly Challenge Empty = new(ReadOnlyMemory<byte>.Empty);
    }

    /// <summary>The client has given its password: whether it is right decides.</summary>
    public sealed record Password(PlainCredentials Credentials) : SaslStep;

    /// <summary>SCRAM needs the keys of this user: <see cref="ScramExchange.Offer"/>.</summary>
    public sealed record Keys(string Name) : SaslStep;

    /// <summary>SCRAM has its outcome. When it is <see cref="ScramOutcome.Proved"/> the client is owed <see cref="ScramExchange.Confirm"/>.</summary>
    public sealed record Proof(ScramOutcome Outcome) : SaslStep;

    /// <summary>The client has seen that the server knows its keys, too: the exchange is over.</summary>
    public sealed record Confirmed : SaslStep
    {
        public static readonly Confirmed Instance = new();
    }

    /// <summary>That is no response of this mechanism; nothing was decided.</summary>
    public sealed record Malformed : SaslStep
    {
        public static readonly Malformed Instance = new();
    }
}
