using System.Buffers;
using System.Net;
using System.Text;

namespace Orleans.Mail.Protocols.Smtp;

/// <summary>
/// A reverse-path or forward-path (RFC 5321 4.1.2), without its source route. The local part is kept unquoted: quotes
/// and backslashes are only the way it is written.
/// </summary>
public sealed record SmtpPath
{
    /// <summary>The null reverse-path <c>&lt;&gt;</c>.</summary>
    public static readonly SmtpPath Null = new("", "", null);

    // atext of RFC 5322 3.2.3 and the dot.
    internal static readonly SearchValues<char> DotString =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$%&'*+-/=?^_`{|}~.");

    public SmtpPath(string local, string domain, IPAddress? literal)
    {
        Local = local;
        Domain = domain;
        Literal = literal;
        Text = domain.Length == 0 ? Quote(local) : $"{Quote(local)}@{domain}";
    }

    /// <summary>The local part without quotes; empty in the null path.</summary>
    public string Local { get; }

    /// <summary>The domain or address literal as it was given; empty in the null path and for a bare name (<c>&lt;postmaster&gt;</c>).</summary>
    public string Domain { get; }

    /// <summary>The address when the domain is an address literal (RFC 5321 4.1.3).</summary>
    public IPAddress? Literal { get; }

    /// <summary>The path as it stands between the brackets; quoted where it must be.</summary>
    public string Text { get; }

    public bool IsNull => Local.Length == 0 && Domain.Length == 0;

    /// <summary>False when it can only travel with SMTPUTF8 (RFC 6531).</summary>
    public bool IsAscii => Ascii.IsValid(Text);

    public override string ToString() => $"<{Text}>";

    private static string Quote(string local)
    {
        if (IsDotString(local) || local.Length == 0)
            return local;
        var text = new StringBuilder(local.Length + 2).Append('"');
        foreach (var c in local)
        {
            if (c is '"' or '\\')
                text.Append('\\');
            text.Append(c);
        }

        return text.Append('"').ToString();
    }

    private static bool IsDotString(string local)
    {
        if (local is ['.', ..] or [.., '.'] || local.Contains("..", StringComparison.Ordinal))
            return false;
        foreach (var c in local)
        {
            if (char.IsAscii(c) && !DotString.Contains(c))
                return false;
        }

        return true;
    }
}
