using System.Buffers;
using System.Net;
using System.Text;

namespace Orleans.Mail.Protocols.Smtp;

/// <summary>What the trace fields of a message say (RFC 5321 4.4).</summary>
public sealed record TraceFields
{
    /// <summary>Octets of a line without its CRLF (RFC 5322 2.1.1).</summary>
    public const int MaxLineLength = 998;

    private const int MaxNameLength = 255;

    private static readonly SearchValues<char> NameCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._:[]");

    /// <summary>The reverse-path without brackets.</summary>
    public required string Sender { get; init; }

    /// <summary>The name of HELO or EHLO, as the client gave it.</summary>
    public required string ClientName { get; init; }

    public required IPAddress ClientAddress { get; init; }

    /// <summary>Our own name.</summary>
    public required string Host { get; init; }

    /// <summary>The transmission type (<see cref="TransmissionType"/>).</summary>
    public required string With { get; init; }

    /// <summary>The cipher suite of TLS by its registered name; null = plaintext.</summary>
    public string? Cipher { get; init; }

    public required string Id { get; init; }

    /// <summary>The recipient when there is exactly one: several would tell each of the others (RFC 5321 7.2).</summary>
    public string? OnlyRecipient { get; init; }

    public required DateTimeOffset Time { get; init; }

    /// <summary>Writes Return-Path and Received with their line ends.</summary>
    public void Write(IBufferWriter<byte> output)
    {
        var address = ClientAddress.ToString();
        if (address.Contains(':', StringComparison.Ordinal))
            address = "IPv6:" + address; // RFC 5321 4.1.3
        var received = $"Received: from {Clean(ClientName)} ([{address}]) by {Host} with {With} id {Id}";
        var recipient = OnlyRecipient is null ? "" : $" for <{OnlyRecipient}>";
        if (Encoding.UTF8.GetByteCount(received) + Encoding.UTF8.GetByteCount(recipient) >= MaxLineLength)
            recipient = "";
        var cipher = Cipher is null ? "" : $"\r\n\ttls {Cipher}"; // RFC 8314 4.3
        Encoding.UTF8.GetBytes($"Return-Path: <{Sender}>\r\n{received}{recipient}{cipher};\r\n\t{InternetDate.Format(Time)}\r\n", output);
    }

    // The name comes from the client and must not add to the header.
    private static string Clean(string name)
    {
        if (name.Length > MaxNameLength)
            name = name[..MaxNameLength];
        return name.AsSpan().ContainsAnyExcept(NameCharacters)
            ? string.Create(name.Length, name, static (clean, name) =>
            {
                for (var i = 0; i < clean.Length; i++)
                    clean[i] = NameCharacters.Contains(name[i]) ? name[i] : '?';
            })
            : name;
    }
}
