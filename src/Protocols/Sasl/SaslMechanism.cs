namespace Orleans.Mail.Protocols.Sasl;

/// <summary>The SASL mechanisms (RFC 4422) that the server speaks.</summary>
public enum SaslMechanism
{
    /// <summary>SCRAM-SHA-256 that is bound to the TLS session (RFC 5802 section 6).</summary>
    ScramSha256Plus = 0,

    /// <summary>RFC 7677.</summary>
    ScramSha256,

    /// <summary>RFC 4616.</summary>
    Plain,

    /// <summary>draft-murchison-sasl-login: obsolete, and all that some clients know.</summary>
    Login,
}

/// <summary>The mechanisms by their registered names.</summary>
public static class SaslMechanisms
{
    private static readonly string[] Names = ["SCRAM-SHA-256-PLUS", "SCRAM-SHA-256", "PLAIN", "LOGIN"];

    /// <summary>All, the best first.</summary>
    public static IReadOnlyList<SaslMechanism> All { get; } = Enum.GetValues<SaslMechanism>();

    public static string NameOf(SaslMechanism mechanism) => Names[(int)mechanism];

    /// <summary>The mechanism that a name in any case means; null when it is none of these.</summary>
    public static SaslMechanism? Find(string name)
    {
        var index = Array.FindIndex(Names, each => each.Equals(name, StringComparison.OrdinalIgnoreCase));
        return index < 0 ? null : (SaslMechanism)index;
    }
}
