using System.Text;

namespace Orleans.Mail.Protocols.Smtp.Client;

/// <summary>An address as it stands between the brackets of MAIL and RCPT.</summary>
public static class ClientPath
{
    /// <summary>
    /// The path of <c>local@domain</c>, its local part quoted where it must be, whether or not it was; null when it cannot
    /// be sent: control characters, broken Unicode, a domain that is no host name or literal in ASCII. Empty stays empty.
    /// </summary>
    public static string? Format(string address)
    {
        if (address.Length == 0)
            return address;
        var at = address.LastIndexOf('@');
        var local = Unquote(at < 0 ? address : address[..at]);
        var domain = at < 0 ? "" : address[(at + 1)..];
        if (local.Length == 0 || (at >= 0 && domain.Length == 0) || !IsDomain(domain) || !IsText(local))
            return null;
        return new SmtpPath(local, domain, literal: null).Text;
    }

    // A CR, LF or NUL would be a command of its own.
    private static bool IsText(string local)
    {
        foreach (var rune in local.EnumerateRunes())
        {
            if (Rune.IsControl(rune) || rune == Rune.ReplacementChar)
                return false;
        }

        return true;
    }

    private static bool IsDomain(string domain)
    {
        foreach (var c in domain)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_' or '.' or '[' or ']' or ':'))
                return false;
        }

        return true;
    }

    private static string Unquote(string local)
    {
        if (local.Length < 2 || local[0] != '"' || local[^1] != '"')
            return local;
        var text = new StringBuilder(local.Length);
        for (var i = 1; i < local.Length - 1; i++)
        {
            if (local[i] == '"')
                return local;
            if (local[i] == '\\' && ++i == local.Length - 1)
                return local;
            text.Append(local[i]);
        }

        return text.ToString();
    }
}
