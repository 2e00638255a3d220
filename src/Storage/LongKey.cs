using System.Security.Cryptography;
using System.Text;

namespace Orleans.Mail.Storage;

/// <summary>Names of others (grains, reminders, holders) as keys, however long they are.</summary>
internal static class LongKey
{
    private const int HashLength = SHA256.HashSizeInBytes * 2;
    private const int KeptLength = StoreLimits.KeyLength - HashLength - 1;

    /// <summary>The key itself when it fits, else its beginning and its SHA-256: the record must then hold the name.</summary>
    public static string Fit(string key)
    {
        if (key.Length <= StoreLimits.KeyLength)
            return key;
        var hash = Convert.ToHexString(SHA256.HashData(Encoding.ASCII.GetBytes(key)));
        return $"{Kept(key)}!{hash}";
    }

    /// <summary>What every key that begins with <paramref name="prefix"/> begins with, shortened or not.</summary>
    public static string Kept(string prefix) => prefix.Length <= KeptLength ? prefix : prefix[..KeptLength];
}
