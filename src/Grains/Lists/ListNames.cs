namespace Orleans.Mail.Grains;

/// <summary>Names that follow from a list's address.</summary>
internal static class ListNames
{
    /// <summary>The identifier of List-Id without brackets (RFC 2919): the address with a dot for its <c>@</c>.</summary>
    public static string IdOf(string list) =>
        MailAddress.TryParse(list, out var address) ? address.Key.Replace('@', '.') : list;

    /// <summary>The address of the list's owners, the reverse-path of what it sends.</summary>
    public static string OwnerOf(string list)
    {
        var at = list.LastIndexOf('@');
        return $"{list[..at]}{ListOwnerRow.Suffix}{list[at..]}";
    }
}
