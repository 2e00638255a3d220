using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;

namespace Orleans.Mail.Gateway.Logins;

/// <summary>
/// Logins whose password was verified before, so that the next one costs no PBKDF2. A login is remembered as an
/// HMAC-SHA-256 over address, account version and password, with a key that lives as long as the process: a password
/// cannot be read from it, and a changed version never matches. Two generations bound it: when the young one is full it
/// becomes the old one, and what nobody used since the last change is forgotten.
/// </summary>
internal sealed class VerifiedLogins(int capacity)
{
    private readonly byte[] key = RandomNumberGenerator.GetBytes(HMACSHA256.HashSizeInBytes);
    private readonly int generation = capacity / 2;
    private readonly Lock turning = new();
    private volatile ConcurrentDictionary<string, Proof> young = new(StringComparer.Ordinal);
    private volatile ConcurrentDictionary<string, Proof> old = new(StringComparer.Ordinal);

    /// <summary>Logins that are remembered; an address that stands in both generations counts twice.</summary>
    public int Count => young.Count + old.Count;

    public bool Contains(MailAddress address, AccountLogin account, string password)
    {
        var name = address.Key;
        var isYoung = young.TryGetValue(name, out var known);
        if (!isYoung && !old.TryGetValue(name, out known))
            return false;
        var proof = Prove(name, account.Version, password);
        if (!CryptographicOperations.FixedTimeEquals(known, proof))
            return false;
        if (!isYoung)
            Remember(name, proof);
        return true;
    }

    public void Add(MailAddress address, AccountLogin account, string password) =>
        Remember(address.Key, Prove(address.Key, account.Version, password));

    private void Remember(string name, Proof proof)
    {
        if (generation == 0)
            return;
        young[name] = proof;
        if (young.Count <= generation)
            return;
        lock (turning)
        {
            if (young.Count <= generation)
                return;
            old = young;
            young = new(StringComparer.Ordinal);
        }
    }

    private Proof Prove(string name, string version, string password)
    {
        // Neither an address nor a version holds a NUL, so the three parts cannot run into each other.
        var text = $"{name}\0{version}\0{PasswordText.Prepare(password)}";
        Span<byte> octets = stackalloc byte[1024];
        var length = Encoding.UTF8.GetByteCount(text);
        if (length > octets.Length)
            octets = new byte[length];
        Encoding.UTF8.GetBytes(text, octets);
        Proof proof = default;
        HMACSHA256.HashData(key, octets[..length], proof);
        octets.Clear();
        return proof;
    }

    [InlineArray(HMACSHA256.HashSizeInBytes)]
    private struct Proof
    {
        private byte first;
    }
}
