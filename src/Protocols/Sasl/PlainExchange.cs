namespace Orleans.Mail.Protocols.Sasl;

/// <summary>PLAIN (RFC 4616): one message has it all.</summary>
internal sealed class PlainExchange : SaslExchange
{
    public override SaslStep Respond(ReadOnlySpan<byte> response) =>
        PlainCredentials.TryParse(response, out var credentials) ? new SaslStep.Password(credentials) : SaslStep.Malformed.Instance;
}
