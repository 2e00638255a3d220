using System.Globalization;

namespace Orleans.Mail.Storage.Sqlite;

/// <summary>Here a row's version is the id of the commit that wrote it.</summary>
internal static class ETags
{
    public static ETag From(long commit) => new(commit.ToString("x", CultureInfo.InvariantCulture));

    public static bool Matches(ETag etag, long commit) =>
        long.TryParse(etag.Value, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value) && value == commit;
}
