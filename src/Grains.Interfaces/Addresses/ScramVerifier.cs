namespace Orleans.Mail;

/// <summary>
/// A password as it is kept: the SCRAM-SHA-256 keys (RFC 5802 section 3, RFC 7677). One verifier serves PASS, PLAIN
/// and SCRAM alike; the password cannot be read back from it.
/// </summary>
/// <param name="Salt">Random, 16 octets.</param>
/// <param name="Iterations">Rounds of PBKDF2-HMAC-SHA-256.</param>
/// <param name="StoredKey">H(ClientKey), 32 octets.</param>
/// <param name="ServerKey">HMAC(SaltedPassword, "Server Key"), 32 octets.</param>
[GenerateSerializer, Immutable, Alias("mail.ScramVerifier")]
public sealed record ScramVerifier(
    [property: Id(0)] byte[] Salt,
    [property: Id(1)] int Iterations,
    [property: Id(2)] byte[] StoredKey,
    [property: Id(3)] byte[] ServerKey);
