using System.Text;

namespace Orleans.Mail;

/// <summary>
/// A mailbox <c>local@domain</c>. The domain is a lower-case A-label (<see cref="DomainName"/>) or an address literal,
/// the local part is NFC and keeps its case; <see cref="Key"/> is the form by which our own addresses compare.
/// </summary>
[GenerateSerializer, Immutable, Alias("mail.MailAddress")]
public sealed record MailAddress
{
    /// <summary>Octets of a local part (RFC 5321 4.5.3.1.1).</summary>
    public const int MaxLocalLength = 64;

    /// <summary>What the local part of an address begins with that leads a forwarded mail's bounce back to us.</summary>
    public const string RewrittenPrefix = "SRS0=";

    /// <summary>
    /// Octets of such a local part: it holds a whole address, and so exceeds <see cref="MaxLocalLength"/>, which every
    /// forwarder relies on others to bear.
    /// </summary>
    public const int MaxRewrittenLength = 384;

    private MailAddress(string local, string domain)
    {
        Local = local;
        Domain = domain;
    }

    [Id(0)] public string Local { get; }

    [Id(1)] public string Domain { get; }

    /// <summary>The canonical form of an address of ours: the local part in invariant lower case. The key of its grain.</summary>
    public string Key => $"{CanonicalLocal(Local)}@{Domain}";

    /// <summary>Whether it is an address that leads a forwarded mail's bounce back.</summary>
    public bool IsRewritten => Local.StartsWith(RewrittenPrefix, StringComparison.OrdinalIgnoreCase);

    /// <summary>Takes the two halves of an address; false when either is not allowed.</summary>
    public static bool TryCreate(string local, string domain, out MailAddress address)
    {
        address = null!;
        if (local.Length == 0 || local.AsSpan().ContainsAnyInRange('\0', '\u001f') || local.Contains('\u007f', StringComparison.Ordinal))
            return false;
        if (!TryNormalize(local, out var normal) || Encoding.UTF8.GetByteCount(normal) > MaxLengthOf(normal))
            return false;
        if (!DomainName.TryParse(domain, out var name))
            return false;
        address = new MailAddress(normal, name);
        return true;
    }

    /// <summary>Reads <c>local@domain</c>, cut at the last <c>@</c>.</summary>
    public static bool TryParse(string text, out MailAddress address)
    {
        var at = text.LastIndexOf('@');
        if (at > 0)
            return TryCreate(text[..at], text[(at + 1)..], out address);
        address = null!;
        return false;
    }

    /// <summary>How the local part of an address of ours is compared: NFC, invariant lower case.</summary>
    public static string CanonicalLocal(string local) => local.Normalize(NormalizationForm.FormC).ToLowerInvariant();

    public override string ToString() => $"{Local}@{Domain}";

    private static int MaxLengthOf(string local) =>
        local.StartsWith(RewrittenPrefix, StringComparison.OrdinalIgnoreCase) ? MaxRewrittenLength : MaxLocalLength;

    private static bool TryNormalize(string local, out string normal)
    {
        normal = local;
        if (Ascii.IsValid(local))
            return true;
        foreach (var rune in local.EnumerateRunes())
        {
            if (rune == Rune.ReplacementChar || Rune.IsControl(rune))
                return false;
        }
        normal = local.Normalize(NormalizationForm.FormC);
        return true;
    }
}
