using System.Text;

namespace Orleans.Mail.Grains;

/// <summary>What a list writes into the header of what it sends.</summary>
/// <param name="List">The list's address.</param>
internal sealed record ListHeader(MailAddress List)
{
    /// <summary>The address of the list's owners: where what cannot be delivered comes back to.</summary>
    public string Owner { get; } = ListNames.OwnerOf(List.Key);

    /// <summary>The identifier by which the list knows its own mail.</summary>
    public string Id { get; } = ListNames.IdOf(List.Key);

    /// <summary>The field before all others (RFC 5321 4.4).</summary>
    public byte[] Head => Encoding.UTF8.GetBytes($"Return-Path: <{Owner}>\r\n");

    /// <summary>
    /// The fields after the trace fields on top (RFC 5322 3.6.2, RFC 2919, RFC 2369 3.4). Delivered-To keeps the way
    /// through several lists, each of which replaces the List-Id.
    /// </summary>
    public byte[] Fields => Encoding.UTF8.GetBytes(
        $"Delivered-To: {List.Key}\r\n" +
        $"Sender: {Owner}\r\n" +
        "Precedence: list\r\n" +
        $"List-Id: <{Id}>\r\n" +
        $"List-Post: <mailto:{Uri.EscapeDataString(MailAddress.CanonicalLocal(List.Local))}@{List.Domain}>\r\n");
}
