using System.Text;
using System.Text.Unicode;

namespace Orleans.Mail.Protocols.Sasl;

/// <summary>A name and a password as a client gives them.</summary>
/// <param name="Name">The user who logs in.</param>
/// <param name="Password">The user's password.</param>
public readonly record struct PlainCredentials(string Name, string Password)
{
    /// <summary>Hides the password.</summary>
    public override string ToString() => Name;

    /// <summary>
    /// Reads a message of PLAIN (RFC 4616 section 2): <c>[authzid] NUL authcid NUL passwd</c> in UTF-8. To act for somebody
    /// else is not offered: an authzid is accepted only when it is the user's own name.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<byte> message, out PlainCredentials credentials)
    {
        credentials = default;
        if (!Utf8.IsValid(message))
            return false;
        if (Encoding.UTF8.GetString(message).Split('\0') is not [var actsFor, var name, var password] || name.Length == 0 || password.Length == 0)
            return false;
        if (actsFor.Length > 0 && actsFor != name)
            return false;
        credentials = new(name, password);
        return true;
    }
}
