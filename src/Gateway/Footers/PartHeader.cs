using System.Text;
using MimeKit;

namespace Orleans.Mail.Gateway.Footers;

/// <summary>The header fields of a part that say how to read it, with their places.</summary>
internal sealed class PartHeader
{
    private readonly List<(HeaderId Id, long Offset, string Value)> fields = [];

    /// <summary>Where the empty line begins that ends the header.</summary>
    public long End { get; set; } = -1;

    /// <summary>Whether an empty line ends the header. Without one clients disagree about where the content begins.</summary>
    public bool IsClosed => End >= 0;

    /// <summary>Fields that must stand once and stand more often are read differently by each client.</summary>
    public bool IsAmbiguous => fields.Where(each => IsOfMime(each.Id)).GroupBy(each => each.Id).Any(same => same.Count() > 1);

    public void Add(Header header) =>
        fields.Add((header.Id, header.Offset ?? throw new InvalidDataException("a field has no place"), IsOfMime(header.Id) ? header.Value : ""));

    public string? Find(HeaderId id) => fields.Find(each => each.Id == id).Value;

    /// <summary>Gives a field another value, or adds it at the end of the header.</summary>
    public Splice Set(HeaderId id, string value)
    {
        var line = Encoding.ASCII.GetBytes($"{id.ToHeaderName()}:{value}\r\n");
        var at = fields.FindIndex(each => each.Id == id);
        if (at < 0)
            return new Splice(End, 0, line);
        var end = at + 1 < fields.Count ? fields[at + 1].Offset : End;
        return new Splice(fields[at].Offset, end - fields[at].Offset, line);
    }

    private static bool IsOfMime(HeaderId id) =>
        id is HeaderId.ContentType or HeaderId.ContentTransferEncoding or HeaderId.ContentDisposition or HeaderId.ContentId or HeaderId.MimeVersion;
}
