using System.Buffers;
using System.Text;

namespace Orleans.Mail.Gateway.Logins;

/// <summary>
/// Prepares a password so that the same characters are the same octets whatever client typed them: the mapping and
/// normalisation steps of SASLprep (RFC 4013 sections 2.1 and 2.2). Characters that SASLprep prohibits are kept: a
/// password that an operator could set must also open the mailbox.
/// </summary>
internal static class PasswordText
{
    // RFC 3454 table B.1: commonly mapped to nothing.
    private static readonly SearchValues<char> Nothing = SearchValues.Create(
        "\u00ad\u034f\u1806\u180b\u180c\u180d\u200b\u200c\u200d\u2060\ufe00\ufe01\ufe02\ufe03\ufe04\ufe05\ufe06\ufe07\ufe08\ufe09\ufe0a\ufe0b\ufe0c\ufe0d\ufe0e\ufe0f\ufeff");

    // RFC 3454 table C.1.2: non-ASCII spaces. U+200B stands in both tables; B.1 is applied to it here.
    private static readonly SearchValues<char> Spaces = SearchValues.Create(
        "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000");

    public static string Prepare(string password)
    {
        if (Ascii.IsValid(password))
            return password;
        var mapped = new StringBuilder(password.Length);
        foreach (var c in password)
        {
            if (Spaces.Contains(c))
                mapped.Append(' ');
            else if (!Nothing.Contains(c))
                mapped.Append(c);
        }

        return Normalize(mapped.ToString());
    }

    private static string Normalize(string password)
    {
        try
        {
            return password.Normalize(NormalizationForm.FormKC);
        }
        catch (ArgumentException)
        {
            return password; // U+FFFE, which is no character: ICU refuses all that it stands in
        }
    }
}
