namespace Orleans.Mail.Storage.Azure;

/// <summary>The key in a connection string.</summary>
internal static class AccountKey
{
    private const string Name = "AccountKey=";

    /// <summary>Null: there is none, or it is not base64.</summary>
    public static byte[]? Find(string connection)
    {
        foreach (var part in connection.Split(';', StringSplitOptions.TrimEntries))
        {
            if (!part.StartsWith(Name, StringComparison.OrdinalIgnoreCase))
                continue;
            var key = new byte[part.Length];
            return Convert.TryFromBase64String(part[Name.Length..], key, out var length) ? key[..length] : null;
        }

        return null;
    }
}
