using System.Globalization;

namespace Orleans.Mail.Protocols.Manage;

/// <summary>Checks the values that are the same everywhere. Names and addresses are checked where they are known: in the gateway.</summary>
internal static class ManageValues
{
    /// <summary>The largest size in KB: one more and its octets would not fit 63 bits with room to add.</summary>
    private const long MaxKilobytes = 1_000_000_000_000;

    /// <summary>Null when every value is allowed.</summary>
    public static ManageStatus? Check(ManageRequest request)
    {
        foreach (var (key, value) in request.Values)
        {
            var allowed = Allowed(key, value);
            if (allowed is not null)
                return request.Status(ManageEnding.BadValue, ManageTexts.BadValue(key.Name, value, allowed));
        }

        return null;
    }

    /// <summary>Null when the value is allowed, else what is.</summary>
    private static string? Allowed(ManageKey key, string value) => key.Kind switch
    {
        ManageValueKind.Kilobytes when !IsNumber(value, MaxKilobytes) => $"a whole number of KB from 0 to {MaxKilobytes}",
        ManageValueKind.Count when !IsNumber(value, int.MaxValue) => $"a whole number from 0 to {int.MaxValue}",
        ManageValueKind.Switch when value.ToUpperInvariant() is not ("ON" or "OFF") => "on or off",
        ManageValueKind.Choice when value.Length > 0 && !key.Choices.Contains(value) => $"{string.Join(", ", key.Choices)} or nothing",
        _ => null,
    };

    private static bool IsNumber(string value, long max) =>
        value.Length == 0 || (long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= max);
}
