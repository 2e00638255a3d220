using System.Security.Cryptography;
using System.Text;

namespace Orleans.Mail.TestKit;

/// <summary>
/// The client's side of SCRAM-SHA-256 (RFC 5802 section 3), by the book and without any of the server's code. Messages are
/// texts; each step can be spoilt by the test that takes it.
/// </summary>
/// <param name="name">The user.</param>
/// <param name="password">The password, in ASCII.</param>
/// <param name="flag">The gs2-cbind-flag.</param>
/// <param name="binding">The channel binding data.</param>
public sealed class ScramClient(string name, string password, string flag = "n", byte[]? binding = null)
{
    private readonly string bare = $"n={name.Replace("=", "=3D", StringComparison.Ordinal).Replace(",", "=2C", StringComparison.Ordinal)},r={Guid.NewGuid():N}";
    private byte[] signature = [];

    /// <summary>The client-first-message.</summary>
    public string First => $"{flag},,{bare}";

    /// <summary>The client-final-message that answers the server-first-message.</summary>
    public string Final(string serverFirst)
    {
        var fields = serverFirst.Split(',');
        var (nonce, salt, iterations) = (fields[0][2..], Convert.FromBase64String(fields[1][2..]), int.Parse(fields[2][2..], System.Globalization.CultureInfo.InvariantCulture));
        var withoutProof = $"c={Convert.ToBase64String([.. Encoding.ASCII.GetBytes($"{flag},,"), .. binding ?? []])},r={nonce}";
        var said = Encoding.UTF8.GetBytes($"{bare},{serverFirst},{withoutProof}");
        var salted = Rfc2898DeriveBytes.Pbkdf2(password, salt, iterations, HashAlgorithmName.SHA256, SHA256.HashSizeInBytes);
        var clientKey = HMACSHA256.HashData(salted, "Client Key"u8);
        var proof = HMACSHA256.HashData(SHA256.HashData(clientKey), said);
        for (var i = 0; i < proof.Length; i++)
            proof[i] ^= clientKey[i];
        signature = HMACSHA256.HashData(HMACSHA256.HashData(salted, "Server Key"u8), said);
        return $"{withoutProof},p={Convert.ToBase64String(proof)}";
    }

    /// <summary>Whether a server-final-message proves that the server knows the user's keys.</summary>
    public bool Believes(string serverFinal) => serverFinal == $"v={Convert.ToBase64String(signature)}";
}
