using System.Text;

namespace Orleans.Mail.Grains;

/// <summary>A reverse-path as the address of a report.</summary>
/// <param name="Address">The address, its local part without quotes.</param>
/// <param name="Literal">The recipient, when it is at an address literal, which is never ours.</param>
internal sealed record ReportedSender(string Address, Recipient? Literal)
{
    /// <summary>Null when it is no address.</summary>
    public static ReportedSender? Parse(string path)
    {
        var at = path.LastIndexOf('@');
        if (at <= 0)
            return null;
        var domain = path[(at + 1)..];
        if (domain is ['[', .., ']'])
        {
            var target = new Target { Kind = TargetKind.Remote, Address = path };
            return new ReportedSender(path, new Recipient(path, new[] { target }) { Notify = Notify.Never });
        }

        return MailAddress.TryCreate(Unquote(path[..at]), domain, out var address) ? new ReportedSender(address.ToString(), null) : null;
    }

    // Quotes and backslashes are only the way a local part is written (RFC 5321 4.1.2).
    private static string Unquote(string local)
    {
        if (local is not ['"', .., '"'] || local.Length < 2)
            return local;
        var text = new StringBuilder(local.Length);
        for (var i = 1; i < local.Length - 1; i++)
        {
            if (local[i] == '\\' && i + 1 < local.Length - 1)
                i++;
            text.Append(local[i]);
        }

        return text.ToString();
    }
}
