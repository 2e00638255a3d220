using System.Text;
using System.Text.Unicode;

namespace Orleans.Mail.Protocols.Sasl;

/// <summary>What a client says of channel binding (RFC 5802 section 6).</summary>
internal enum ScramBinding
{
    /// <summary><c>n</c>: it knows none.</summary>
    None,

    /// <summary><c>y</c>: it knows one, and was not offered any.</summary>
    NotOffered,

    /// <summary><c>p=</c>: it uses tls-server-end-point.</summary>
    EndPoint,
}

/// <summary>The client-first-message (RFC 5802 section 7).</summary>
/// <param name="Header">The gs2-header, as it came.</param>
/// <param name="Bare">The client-first-message-bare.</param>
/// <param name="Binding">What its flag says.</param>
/// <param name="Name">The user.</param>
/// <param name="Nonce">The client's nonce.</param>
internal sealed record ScramFirst(string Header, string Bare, ScramBinding Binding, string Name, string Nonce)
{
    /// <summary>Null when it is none, wants to act for another user, or has an extension that must be understood.</summary>
    public static ScramFirst? Parse(ReadOnlySpan<byte> message)
    {
        if (ScramText.Decode(message) is not { } text || text.Split(',', 3) is not [var flag, var actsFor, var bare])
            return null;
        if (FindBinding(flag) is not { } binding || bare.Split(',') is not ([['n', '=', .. var saslName], ['r', '=', .. var nonce], ..] and var fields))
            return null;
        if (Unescape(saslName) is not { Length: > 0 } name || !ScramText.IsNonce(nonce) || !Array.TrueForAll(fields[2..], ScramText.IsExtension))
            return null;
        if (actsFor.Length > 0 && actsFor != $"a={saslName}")
            return null;
        return new($"{flag},{actsFor},", bare, binding, name, nonce);
    }

    private static ScramBinding? FindBinding(string flag) => flag switch
    {
        "n" => ScramBinding.None,
        "y" => ScramBinding.NotOffered,
        $"p={ChannelBinding.EndPointName}" => ScramBinding.EndPoint,
        _ => null,
    };

    // saslname: "=2C" is a comma, "=3D" an equals sign, and no other stands there.
    private static string? Unescape(string saslName)
    {
        var name = saslName.Replace("=2C", ",", StringComparison.Ordinal).Replace("=3D", "", StringComparison.Ordinal);
        return name.Contains('=', StringComparison.Ordinal)
            ? null
            : saslName.Replace("=2C", ",", StringComparison.Ordinal).Replace("=3D", "=", StringComparison.Ordinal);
    }
}

/// <summary>The client-final-message (RFC 5802 section 7).</summary>
/// <param name="WithoutProof">The client-final-message-without-proof.</param>
/// <param name="Binding">The header and the data that the client has bound itself to.</param>
/// <param name="Nonce">Both nonces.</param>
/// <param name="Proof">The ClientProof, 32 octets.</param>
internal sealed record ScramFinal(string WithoutProof, byte[] Binding, string Nonce, byte[] Proof)
{
    private const int ProofLength = 32;

    /// <summary>Null when it is none.</summary>
    public static ScramFinal? Parse(ReadOnlySpan<byte> message)
    {
        if (ScramText.Decode(message) is not { } text || text.LastIndexOf(",p=", StringComparison.Ordinal) is not (> 0 and var at))
            return null;
        var withoutProof = text[..at];
        if (withoutProof.Split(',') is not ([['c', '=', .. var binding], ['r', '=', .. var nonce], ..] and var fields))
            return null;
        if (!ScramText.IsNonce(nonce) || !Array.TrueForAll(fields[2..], ScramText.IsExtension))
            return null;
        return SaslText.Decode(binding) is { } bound && SaslText.Decode(text[(at + 3)..]) is { Length: ProofLength } proof
            ? new(withoutProof, bound, nonce, proof)
            : null;
    }
}

/// <summary>The parts that the messages share.</summary>
internal static class ScramText
{
    public static string? Decode(ReadOnlySpan<byte> message) =>
        Utf8.IsValid(message) && !message.Contains((byte)0) ? Encoding.UTF8.GetString(message) : null;

    /// <summary>Printable ASCII; that it has no comma is known.</summary>
    public static bool IsNonce(string nonce) => nonce.Length > 0 && !nonce.AsSpan().ContainsAnyExceptInRange('!', '~');

    /// <summary><c>attr-val</c>; an <c>m=</c> must be understood, and none is.</summary>
    public static bool IsExtension(string field) => field is [(>= 'a' and <= 'z') or (>= 'A' and <= 'Z'), '=', _, ..] && field[0] != 'm';
}
