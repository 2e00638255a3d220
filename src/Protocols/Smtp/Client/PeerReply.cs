namespace Orleans.Mail.Protocols.Smtp.Client;

/// <summary>A reply of another server (RFC 5321 4.2).</summary>
/// <param name="Code">The reply code, 200 to 599.</param>
/// <param name="Enhanced">Its enhanced status code (RFC 2034, RFC 3463); empty when there is none that fits the code.</param>
/// <param name="Text">The lines without codes, joined by line feeds; control characters are question marks.</param>
public sealed record PeerReply(int Code, string Enhanced, string Text)
{
    /// <summary>2xx.</summary>
    public bool IsPositive => Code / 100 == 2;

    /// <summary>3xx: go on.</summary>
    public bool IsIntermediate => Code / 100 == 3;

    /// <summary>4xx.</summary>
    public bool IsTemporary => Code / 100 == 4;

    /// <summary>5xx.</summary>
    public bool IsPermanent => Code / 100 == 5;

    /// <summary>The lines without codes.</summary>
    public string[] Lines => Text.Split('\n');

    /// <summary>The reply as one line: code, enhanced status code, text.</summary>
    public override string ToString()
    {
        var text = Text.Replace('\n', ' ');
        return Enhanced.Length == 0 ? $"{Code} {text}" : $"{Code} {Enhanced} {text}";
    }

    /// <summary>The reply with a status code first: its own, or a general one of its class with <paramref name="leading"/> as the first digit.</summary>
    /// <param name="leading">4 or 5: what the reply means to us, which may be milder than its code.</param>
    public string Status(int leading)
    {
        var detail = Enhanced.Length == 0 ? ".0.0" : Enhanced[1..];
        return $"{leading}{detail} {this}";
    }
}
