namespace Orleans.Mail;

/// <summary>What may stand in a deny list: the form in which an entry is kept, compared and listed.</summary>
public static class DenyEntry
{
    /// <summary>All kinds, in the order in which they are listed.</summary>
    public static IReadOnlyList<DenyKind> Kinds { get; } = Enum.GetValues<DenyKind>();

    /// <summary>The kind as the management protocol writes it, and in lower case the key of its <see cref="IDenyListGrain"/>.</summary>
    public static string NameOf(DenyKind kind) => kind switch
    {
        DenyKind.IpIn => "IPIN",
        DenyKind.IpOut => "IPOUT",
        DenyKind.DomainIn => "DOMAININ",
        DenyKind.DomainOut => "DOMAINOUT",
        DenyKind.MailboxIn => "MAILBOXIN",
        DenyKind.MailboxOut => "MAILBOXOUT",
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    /// <summary>The grain that owns the entries of a kind.</summary>
    public static IDenyListGrain ListOf(this IGrainFactory grains, DenyKind kind) =>
        grains.GetGrain<IDenyListGrain>(NameOf(kind).ToLowerInvariant());

    /// <summary>Brings an entry into its form; false when it is none of this kind.</summary>
    public static bool TryNormalize(DenyKind kind, string text, out string entry)
    {
        entry = "";
        switch (kind)
        {
            case DenyKind.IpIn or DenyKind.IpOut when AddressPrefix.TryParse(text, out var prefix):
                entry = prefix.ToString();
                return true;
            case DenyKind.DomainIn or DenyKind.DomainOut when text is ['.', ..]:
                var isDomain = DomainName.TryParse(text[1..], out var parent);
                entry = "." + parent;
                return isDomain;
            case DenyKind.DomainIn or DenyKind.DomainOut:
                return DomainName.TryParse(text, out entry);
            case DenyKind.MailboxIn or DenyKind.MailboxOut when MailAddress.TryParse(text, out var mailbox):
                entry = mailbox.Key; // whoever writes a sender in capitals means the same one
                return true;
            default:
                return false;
        }
    }
}
