using System.Text;

namespace Orleans.Mail;

/// <summary>
/// The Delivered-To field that stands in front of a body when a mailbox's message is read. It is kept with the entry, not
/// in the body, so that one body serves many mailboxes.
/// </summary>
public static class DeliveredToField
{
    /// <summary>The field with its CRLF, as octets.</summary>
    public static byte[] Format(string deliveredTo) => Encoding.UTF8.GetBytes($"Delivered-To: {deliveredTo}\r\n");

    /// <summary>Octets of <see cref="Format"/>.</summary>
    public static int Length(string deliveredTo) => "Delivered-To: \r\n".Length + Encoding.UTF8.GetByteCount(deliveredTo);
}
