namespace Orleans.Mail.Protocols.Smtp;

/// <summary>What the header section of a message says that decides about its way.</summary>
/// <param name="AutoSubmitted">Auto-Submitted is there, and is not <c>no</c> (RFC 3834 5).</param>
/// <param name="ListIds">The identifiers of List-Id fields without brackets, in lower case (RFC 2919 3).</param>
/// <param name="DeliveredTo">The addresses of Delivered-To fields, as they stand there.</param>
public sealed record HeaderFacts(bool AutoSubmitted, IReadOnlyList<string> ListIds, IReadOnlyList<string> DeliveredTo)
{
    public static readonly HeaderFacts None = new(false, [], []);
}
