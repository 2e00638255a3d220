using System.Security.Cryptography;
using System.Text;

namespace Orleans.Mail.Protocols.Sasl;

/// <summary>
/// SCRAM-SHA-256 and SCRAM-SHA-256-PLUS (RFC 5802, RFC 7677). The client proves that it knows the password without sending
/// it, and the server proves that it knows the client's keys; with PLUS both prove that they end the same TLS session.
/// </summary>
public sealed class ScramExchange : SaslExchange
{
    private const int NonceLength = 18;

    private readonly bool isPlus;
    private readonly ChannelBinding binding;
    private readonly string ownNonce;
    private ScramFirst? first;
    private ScramSecret? secret;
    private string offer = "";
    private byte[]? signature;
    private bool isConfirmed;

    /// <param name="isPlus">Whether the client chose the mechanism with channel binding.</param>
    /// <param name="binding">What there is to bind to.</param>
    /// <param name="nonce">The server's part of the nonce; null = a random one.</param>
    public ScramExchange(bool isPlus, ChannelBinding binding, string? nonce = null)
    {
        this.isPlus = isPlus;
        this.binding = binding;
        ownNonce = nonce ?? Convert.ToBase64String(RandomNumberGenerator.GetBytes(NonceLength));
    }

    private string Nonce => first!.Nonce + ownNonce;

    public override SaslStep Respond(ReadOnlySpan<byte> response) =>
        first is null ? Begin(response)
        : signature is null && secret is not null ? Finish(response)
        : isConfirmed && response.IsEmpty ? SaslStep.Confirmed.Instance
        : SaslStep.Malformed.Instance;

    /// <summary>The answer to <see cref="SaslStep.Keys"/>: the user's keys, or for a user who does not exist others that look alike.</summary>
    public SaslStep Offer(ScramSecret keys)
    {
        secret = keys;
        offer = $"r={Nonce},s={Convert.ToBase64String(keys.Salt.Span)},i={keys.Iterations}";
        return new SaslStep.Challenge(Encoding.UTF8.GetBytes(offer));
    }

    /// <summary>The client is accepted: the server proves that it knows the keys. The client's response to it is empty.</summary>
    public SaslStep Confirm()
    {
        isConfirmed = true;
        return new SaslStep.Challenge(Encoding.ASCII.GetBytes($"v={Convert.ToBase64String(signature!)}"));
    }

    private SaslStep Begin(ReadOnlySpan<byte> response)
    {
        if (ScramFirst.Parse(response) is not { } message || message.Binding == ScramBinding.EndPoint != isPlus)
            return SaslStep.Malformed.Instance;
        first = message;
        return new SaslStep.Keys(message.Name);
    }

    private SaslStep Finish(ReadOnlySpan<byte> response)
    {
        if (ScramFinal.Parse(response) is not { } final || final.Nonce != Nonce)
            return SaslStep.Malformed.Instance;
        var said = Encoding.UTF8.GetBytes($"{first!.Bare},{offer},{final.WithoutProof}");
        var isRight = Proves(final.Proof, said);
        signature = HMACSHA256.HashData(secret!.ServerKey.Span, said);
        return new SaslStep.Proof(
            !IsBound(final.Binding) ? ScramOutcome.Unbound
            : isRight ? ScramOutcome.Proved
            : ScramOutcome.Wrong);
    }

    // RFC 5802 section 6. A client that says it was offered no binding, though it was, talks with somebody in between.
    private bool IsBound(byte[] bound)
    {
        if (first!.Binding == ScramBinding.NotOffered && binding.IsOffered)
            return false;
        ReadOnlySpan<byte> data = isPlus ? binding.EndPoint.Span : [];
        return bound.AsSpan().SequenceEqual([.. Encoding.UTF8.GetBytes(first.Header), .. data]);
    }

    // RFC 5802 section 3: ClientKey := ClientProof XOR HMAC(StoredKey, AuthMessage), and its hash is StoredKey.
    private bool Proves(byte[] proof, byte[] said)
    {
        var clientKey = HMACSHA256.HashData(secret!.StoredKey.Span, said);
        for (var i = 0; i < clientKey.Length; i++)
            clientKey[i] ^= proof[i];
        return CryptographicOperations.FixedTimeEquals(SHA256.HashData(clientKey), secret.StoredKey.Span);
    }
}
