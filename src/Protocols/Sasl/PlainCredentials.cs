using System.Text;
using System.Text.Unicode;

namespace Orleans.Mail.Protocols.Sasl;

/// <summary>What a client sends in the SASL mechanism PLAIN (RFC 4616).</summary>
/// <param name="Name">The user who logs in.</param>
/// <param name="Password">The user's password.</param>
public readonly record struct PlainCredentials(string Name, string Password)
{
    /// <summary>Hides the password.</summary>
    public override string ToString() => Name;

    /// <summary>
    /// Reads a response in Base64: <c>[authzid] NUL authcid NUL passwd</c> in UTF-8. To act for somebody else is not
    /// offered: an authzid is accepted only when it is the user's own name.
    /// </summary>
    public static bool TryParse(string response, out PlainCredentials credentials)
    {
        credentials = default;
        var octets = new byte[response.Length];
        if (!Convert.TryFromBase64String(response, octets, out var length))
            return false;
        var message = octets.AsSpan(0, length);
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
