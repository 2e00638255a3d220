namespace Orleans.Mail.Relay.Connections;

/// <summary>Why a host took nothing, before or without saying anything about the recipients.</summary>
/// <param name="Status">With the enhanced status code first.</param>
/// <param name="Host">The host as <c>name [address]</c> when it answered; else empty.</param>
/// <param name="IsFinal">It takes no mail at all (RFC 7504).</param>
internal sealed record HostRefusal(string Status, string Host, bool IsFinal = false);
