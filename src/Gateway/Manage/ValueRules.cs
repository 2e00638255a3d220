using System.Buffers;
using Orleans.Mail.Protocols.Manage;

namespace Orleans.Mail.Gateway.Manage;

/// <summary>Checks the values whose rules the cluster knows: names, domains, addresses and passwords.</summary>
internal static class ValueRules
{
    // What RFC 5322 3.2.3 lets an unquoted local part hold; characters beyond ASCII are judged by MailAddress.
    private static readonly SearchValues<char> AtomText = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$%&'*+-/=?^_`{|}~.");

    // What a list's name and this make the name of its owners must be a local part, too.
    private const string OwnerSuffix = "-owner";

    /// <summary>Null when every value is allowed; else the refusal, which names the parameter.</summary>
    public static ManageStatus? Check(ManageRequest request)
    {
        foreach (var (key, value) in request.Values)
        {
            if (Allowed(key, value) is not { } allowed)
                continue;
            var text = key.Kind == ManageValueKind.Password ? ManageTexts.BadSecret(key.Name, allowed) : ManageTexts.BadValue(key.Name, value, allowed);
            return request.Status(ManageEnding.BadValue, text);
        }

        return null;
    }

    /// <summary>Null when the value is allowed, else what is.</summary>
    private static string? Allowed(ManageKey key, string value) => key.Kind switch
    {
        ManageValueKind.Name when (key == ManageKeys.ListName || key == ManageKeys.MemberList) && (!IsLocalPart(value) || !IsLocalPart(value + OwnerSuffix)) =>
            "a name of at most 58 octets (with '-owner' 64), without '@', spaces and quotes",
        ManageValueKind.Name when !IsLocalPart(value) => "a name of at most 64 octets, without '@', spaces and quotes",
        ManageValueKind.Domain when !DomainName.TryParse(value, out _) => "a domain name",
        ManageValueKind.Mailbox when value.Length > 0 && !IsMailbox(value) => "an address user@domain, or nothing",
        ManageValueKind.Network when !AddressPrefix.TryParse(value, out _) => "an IP address, or address/length",
        ManageValueKind.DomainPattern when !IsDenyEntry(key, value) => "a domain name, or .domain for its subdomains",
        ManageValueKind.Address when !IsMailbox(value) || (DenyCommands.KindOf(key) is not null && !IsDenyEntry(key, value)) => "an address user@domain",
        ManageValueKind.Sender when value != "<>" && !IsMailbox(value) => "an address user@domain, or <>",
        ManageValueKind.MessageId when !MessageId.TryParse(value, out _) => "the 26 characters of a message's id",
        ManageValueKind.Password when value.Length == 0 => "at least one character",
        ManageValueKind.Password when key == ManageKeys.New && value == ManagementAccess.InitialPassword => "another one than the initial one",
        _ => null,
    };

    private static bool IsDenyEntry(ManageKey key, string value) =>
        DenyCommands.KindOf(key) is { } kind && DenyEntry.TryNormalize(kind, value, out _);

    private static bool IsMailbox(string value) =>
        value.LastIndexOf('@') is var at and > 0 && MailAddress.TryParse(value, out _) && IsLocalPart(value[..at]);

    private static bool IsLocalPart(string local)
    {
        foreach (var c in local)
        {
            if (char.IsAscii(c) ? !AtomText.Contains(c) : char.IsWhiteSpace(c))
                return false;
        }

        return local is not (['.', ..] or [.., '.'])
            && !local.Contains("..", StringComparison.Ordinal)
            && MailAddress.TryCreate(local, "example.org", out _);
    }
}
