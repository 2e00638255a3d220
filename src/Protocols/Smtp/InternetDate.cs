using System.Globalization;

namespace Orleans.Mail.Protocols.Smtp;

/// <summary>Dates as mail writes them (RFC 5322 3.3), in UTC.</summary>
public static class InternetDate
{
    public static string Format(DateTimeOffset time) =>
        time.UtcDateTime.ToString("ddd, dd MMM yyyy HH:mm:ss '+0000'", CultureInfo.InvariantCulture);
}
