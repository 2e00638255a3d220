using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Orleans.Mail.Storage;

namespace Orleans.Mail.Grains;

/// <summary>
/// The Sender Rewriting Scheme: mail that is forwarded to another host leaves from an address of the forwarding domain,
/// <c>SRS0=hash=day=domain=local@forwarder</c>, so that it passes SPF (RFC 7208) there and its bounce comes back to us.
/// The hash is keyed by a secret of the cluster and holds for <see cref="Lifetime"/>.
/// </summary>
internal sealed class SenderRewriting(SettledRows rows, TimeProvider time)
{
    /// <summary>How long an address leads back.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(21);

    private const int Days = 1 << (2 * BitsOfDigit);
    private const int BitsOfDigit = 5;
    private const int HashLength = 8;
    private const string Digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    private readonly ClusterSecret key = new(rows, new RowKey("cluster", "srs"));

    /// <summary>The reverse-path for mail that <paramref name="forwarder"/> passes on; the null sender stays null.</summary>
    public async ValueTask<string> RewriteAsync(string sender, string forwarder)
    {
        if (sender.Length == 0 || !MailAddress.TryParse(sender, out var address))
            return sender;
        var day = Day(time.GetUtcNow());
        var tag = $"{Digits[day >> BitsOfDigit]}{Digits[day & (Digits.Length - 1)]}";
        var rest = $"{tag}={address.Domain}={address.Local}";
        return $"{MailAddress.RewrittenPrefix}{Hash(await key.ReadAsync(), rest)}={rest}@{forwarder}";
    }

    /// <summary>Where mail to a rewritten address goes back to; null when the address is none.</summary>
    public async ValueTask<RewrittenSender?> ReverseAsync(MailAddress address)
    {
        if (!address.IsRewritten)
            return null;
        var parts = address.Local[MailAddress.RewrittenPrefix.Length..].Split('=', 4);
        if (parts.Length < 4 || !IsFresh(parts[1]) || !MailAddress.TryCreate(parts[3], parts[2], out var original))
            return RewrittenSender.Forged;
        var hash = Hash(await key.ReadAsync(), string.Join('=', parts[1..]));
        var equal = CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(hash), Encoding.UTF8.GetBytes(parts[0].ToUpperInvariant()));
        return equal ? new RewrittenSender(original) : RewrittenSender.Forged;
    }

    private static int Day(DateTimeOffset at) => (int)(at.ToUnixTimeSeconds() / (24 * 3600) % Days);

    // Hosts on the way may change the case of what they send back.
    private static string Hash(byte[] key, string text)
    {
        var mac = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text.ToLower(CultureInfo.InvariantCulture)));
        return string.Create(HashLength, mac, static (digits, mac) =>
        {
            for (var i = 0; i < digits.Length; i++)
                digits[i] = Digits[mac[i] & (Digits.Length - 1)];
        });
    }

    private bool IsFresh(string tag)
    {
        if (tag.Length != 2)
            return false;
        var high = Digits.IndexOf(char.ToUpperInvariant(tag[0]), StringComparison.Ordinal);
        var low = Digits.IndexOf(char.ToUpperInvariant(tag[1]), StringComparison.Ordinal);
        if (high < 0 || low < 0)
            return false;
        var age = (Day(time.GetUtcNow()) - ((high << BitsOfDigit) | low) + Days) % Days;
        return age <= Lifetime.TotalDays;
    }
}

/// <param name="Original">The sender before the rewriting; null when the address is forged or too old.</param>
internal sealed record RewrittenSender(MailAddress? Original)
{
    public static readonly RewrittenSender Forged = new((MailAddress?)null);
}
