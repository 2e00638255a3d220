using System.Text;
using Orleans.Mail.Grains;

namespace Orleans.Mail.Tools.Mailboxes;

/// <summary>
/// What the mailboxes of a domain are called in an export: by the account's DIR where it is given and nobody else of the
/// domain has it as DIR or as name, else by the user's name.
/// </summary>
internal sealed class FolderNames
{
    /// <summary>With an ending and three octets for each that is escaped, file systems take it.</summary>
    private const int MaxLength = 200;

    // Some file systems do not tell cases apart.
    private readonly Dictionary<string, int> wishes = new(StringComparer.OrdinalIgnoreCase);

    /// <param name="users">All users of the domain.</param>
    public FolderNames(IEnumerable<StoredUser> users)
    {
        foreach (var user in users)
        {
            foreach (var name in new[] { Escape(user.Local), OfDirectory(user) }.OfType<string>().Distinct(StringComparer.OrdinalIgnoreCase))
                wishes[name] = wishes.GetValueOrDefault(name) + 1;
        }
    }

    public string Of(StoredUser user) => OfDirectory(user) is { } name && wishes[name] == 1 ? name : Escape(user.Local);

    private static string? OfDirectory(StoredUser user) =>
        Escape(user.Directory.Trim('/')) is { Length: > 0 and <= MaxLength } name ? name : null;

    /// <summary>One name of a file, which cannot lead elsewhere and is not hidden.</summary>
    public static string Escape(string text)
    {
        var name = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            if (Rune.IsControl(rune) || rune.Value is '/' or '\\' or '%' || (rune.Value == '.' && name.Length == 0))
                name.Append('%').Append(((int)rune.Value).ToString("X2", System.Globalization.CultureInfo.InvariantCulture));
            else
                name.Append(rune.ToString());
        }

        return name.ToString();
    }
}
