using System.Security.Cryptography;

namespace Orleans.Mail.Gateway.Logins;

/// <summary>The keys of SCRAM-SHA-256 (RFC 5802 section 3, RFC 7677).</summary>
internal static class Scram
{
    /// <summary>Octets of every key: an output of SHA-256.</summary>
    public const int KeyLength = SHA256.HashSizeInBytes;

    /// <summary>Octets of a new salt.</summary>
    public const int SaltLength = 16;

    /// <summary>What is kept of a password.</summary>
    public static ScramVerifier Derive(string password, byte[] salt, int iterations)
    {
        // RFC 5802 section 3: SaltedPassword := Hi(Normalize(password), salt, i)
        Span<byte> saltedPassword = stackalloc byte[KeyLength];
        Rfc2898DeriveBytes.Pbkdf2(PasswordText.Prepare(password), salt, saltedPassword, iterations, HashAlgorithmName.SHA256);
        Span<byte> clientKey = stackalloc byte[KeyLength];
        HMACSHA256.HashData(saltedPassword, "Client Key"u8, clientKey);
        var verifier = new ScramVerifier(salt, iterations, SHA256.HashData(clientKey), HMACSHA256.HashData(saltedPassword, "Server Key"u8));
        CryptographicOperations.ZeroMemory(saltedPassword);
        CryptographicOperations.ZeroMemory(clientKey);
        return verifier;
    }

    /// <summary>Whether a password is the one that <paramref name="verifier"/> was made from.</summary>
    public static bool Matches(ScramVerifier verifier, string password) =>
        CryptographicOperations.FixedTimeEquals(Derive(password, verifier.Salt, verifier.Iterations).StoredKey, verifier.StoredKey);
}
