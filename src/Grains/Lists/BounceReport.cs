using MimeKit;

namespace Orleans.Mail.Grains;

/// <param name="Original">The address that the message was sent to at first; empty when the report does not say.</param>
/// <param name="Final">The address that failed; empty when the report does not say.</param>
internal sealed record FailedRecipient(string Original, string Final);

/// <summary>Reads delivery status notifications (RFC 3464).</summary>
internal static class BounceReport
{
    /// <summary>The recipients that failed, each once. A message that is no such report names none.</summary>
    /// <param name="report">A message, or its beginning: it is held in memory.</param>
    public static async Task<IReadOnlyList<FailedRecipient>> ReadAsync(Stream report)
    {
        MimeMessage message;
        try
        {
            message = await MimeMessage.LoadAsync(report);
        }
        catch (FormatException)
        {
            return []; // whatever it is, it is no report
        }

        using (message)
        {
            return [.. message.BodyParts
                .OfType<MessageDeliveryStatus>()
                .SelectMany(static status => status.StatusGroups)
                .Where(static group => (group["Action"] ?? "").Trim().Equals("failed", StringComparison.OrdinalIgnoreCase))
                .Select(static group => new FailedRecipient(AddressOf(group["Original-Recipient"]), AddressOf(group["Final-Recipient"])))
                .Distinct()];
        }
    }

    /// <summary>The address behind its type (RFC 3464 2.1.2): <c>rfc822;user@domain</c>.</summary>
    private static string AddressOf(string? field)
    {
        var semicolon = field?.IndexOf(';', StringComparison.Ordinal) ?? -1;
        return semicolon < 0 ? "" : field![(semicolon + 1)..].Trim().Trim('<', '>');
    }
}
