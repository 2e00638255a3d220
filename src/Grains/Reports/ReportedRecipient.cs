using System.Text;

namespace Orleans.Mail.Grains;

/// <summary>A recipient as its sender hears of it.</summary>
/// <param name="Kind">What became of the message.</param>
/// <param name="Address">
/// The address that the sender wrote to. Where its mail is passed on to is the business of its owner, and not told.
/// </param>
/// <param name="Original">ORCPT, decoded, with its type; empty when it was not given.</param>
/// <param name="Status">Why.</param>
/// <param name="Host">The host that answered last, as <c>name [address]</c>; empty when none did.</param>
/// <param name="LastAttempt">When it was last tried; null when it was not.</param>
/// <param name="Until">When it will be given up; of a delay only.</param>
internal sealed record ReportedRecipient(
    ReportKind Kind, string Address, string Original, ReportStatus Status, string Host, DateTimeOffset? LastAttempt, DateTimeOffset? Until)
{
    /// <summary>The action (RFC 3464 2.3.3).</summary>
    public string Action => Kind switch
    {
        ReportKind.Failed => "failed",
        ReportKind.Delayed => "delayed",
        ReportKind.Relayed => "relayed",
        ReportKind.Expanded => "expanded",
        _ => "delivered",
    };

    /// <summary>The name of the host that answered, for programs.</summary>
    public string HostName
    {
        get
        {
            var space = Host.IndexOf(' ', StringComparison.Ordinal);
            return space < 0 ? Host : Host[..space];
        }
    }

    /// <param name="entry">The entry that owes a report.</param>
    /// <param name="host">Our name, which completes an address without a domain.</param>
    /// <param name="until">When the entry will be given up.</param>
    public static ReportedRecipient Of(QueueEntry entry, string host, DateTimeOffset until)
    {
        var status = ReportStatus.Of(entry);
        var address = AddressOf(entry, host);
        return new ReportedRecipient(
            entry.Report,
            address,
            Decode(entry.OriginalRecipient),
            status with { Text = Hide(status.Text, entry.Target.Address, address) },
            status.IsOwnRule ? "" : ReportStatus.Clean(entry.History is [.., var last] ? last.Host : ""), // RFC 3464 2.3.5: nobody else said so
            entry.LastAttempt,
            entry.Report == ReportKind.Delayed ? until : null);
    }

    private static string AddressOf(QueueEntry entry, string host)
    {
        var address = entry.Recipient.Length > 0 ? entry.Recipient : entry.Target.Address;
        return ReportStatus.Clean(address.Contains('@', StringComparison.Ordinal) ? address : $"{address}@{host}");
    }

    // The other host names the address that it was given.
    private static string Hide(string text, string target, string address) =>
        target.Length == 0 || target.Equals(address, StringComparison.OrdinalIgnoreCase)
            ? text
            : text.Replace(target, address, StringComparison.OrdinalIgnoreCase);

    /// <summary>ORCPT as a report has it: <c>rfc822;</c> without xtext, <c>utf-8;</c> without its escapes.</summary>
    private static string Decode(string original)
    {
        var semicolon = original.IndexOf(';', StringComparison.Ordinal);
        if (semicolon <= 0)
            return "";
        var type = original[..semicolon];
        var address = original[(semicolon + 1)..];
        return $"{type}; {ReportStatus.Clean(type.Equals("utf-8", StringComparison.OrdinalIgnoreCase) ? UnescapeUnicode(address) : UnescapeXtext(address))}";
    }

    private static string UnescapeXtext(string text)
    {
        var decoded = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '+' && i + 2 < text.Length && byte.TryParse(text.AsSpan(i + 1, 2), System.Globalization.NumberStyles.AllowHexSpecifier, null, out var octet))
            {
                decoded.Append((char)octet);
                i += 2;
            }
            else
            {
                decoded.Append(text[i]);
            }
        }

        return decoded.ToString();
    }

    // RFC 6533 3: \x{41} stands for a character.
    private static string UnescapeUnicode(string text)
    {
        var decoded = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            var close = text.AsSpan(i).StartsWith(@"\x{") ? text.IndexOf('}', i) : -1;
            if (close > 0 && int.TryParse(text.AsSpan((i + 3)..close), System.Globalization.NumberStyles.AllowHexSpecifier, null, out var value) && Rune.IsValid(value))
            {
                decoded.Append(new Rune(value).ToString());
                i = close;
            }
            else
            {
                decoded.Append(text[i]);
            }
        }

        return decoded.ToString();
    }
}
