using MimeKit;

namespace Orleans.Mail.Gateway.Footers;

/// <summary>A part of a message and where it stands in it. Offsets count octets of the stored message.</summary>
internal sealed class MimeNode(ContentType type, PartHeader header)
{
    public ContentType Type { get; } = type;

    public PartHeader Header { get; } = header;

    /// <summary>The parts of a multipart; what a message/rfc822 holds is not looked at.</summary>
    public List<MimeNode> Children { get; } = [];

    /// <summary>The whole message, not one part of it.</summary>
    public bool IsRoot { get; init; }

    public long ContentStart { get; set; }

    public long ContentEnd { get; set; }

    public long ContentLength => ContentEnd - ContentStart;

    public bool Is(string media, string subtype) => Type.IsMimeType(media, subtype);

    /// <summary>Itself and all parts below.</summary>
    public IEnumerable<MimeNode> All() => Children.SelectMany(child => child.All()).Prepend(this);
}
