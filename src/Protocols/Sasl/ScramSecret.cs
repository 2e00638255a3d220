namespace Orleans.Mail.Protocols.Sasl;

/// <summary>What a server knows of a password (RFC 5802 section 3).</summary>
/// <param name="Salt">The salt.</param>
/// <param name="Iterations">Rounds of PBKDF2.</param>
/// <param name="StoredKey">H(ClientKey), 32 octets.</param>
/// <param name="ServerKey">HMAC(SaltedPassword, "Server Key"), 32 octets.</param>
public sealed record ScramSecret(
    ReadOnlyMemory<byte> Salt,
    int Iterations,
    ReadOnlyMemory<byte> StoredKey,
    ReadOnlyMemory<byte> ServerKey);

/// <summary>How an exchange of SCRAM came out.</summary>
public enum ScramOutcome
{
    /// <summary>The client knows the password.</summary>
    Proved = 0,

    /// <summary>It does not.</summary>
    Wrong = 1,

    /// <summary>It is bound to another TLS session, or was told that none can be bound: somebody is in between.</summary>
    Unbound = 2,
}
