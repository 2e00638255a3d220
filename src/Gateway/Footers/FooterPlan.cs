namespace Orleans.Mail.Gateway.Footers;

/// <summary>A message whose structure was read once, so that several variants of it can be planned.</summary>
internal sealed class FooterPlan
{
    /// <summary>Octets of all texts of a message that are held in memory at most, in their transfer encoding.</summary>
    public const int MaxText = 1024 * 1024;

    /// <summary>Texts that a footer goes on.</summary>
    public const int MaxTexts = 16;

    /// <summary>Octets of a longer text that are looked at, at each end.</summary>
    public const int EndLength = 64 * 1024;

    private const string Sealed = "it is signed or encrypted";

    private readonly IReadOnlyList<BodyText> texts;

    private FooterPlan(IReadOnlyList<BodyText> texts, string? untouched)
    {
        this.texts = texts;
        Untouched = untouched;
    }

    /// <summary>Opens octets of the message.</summary>
    public delegate ValueTask<Stream> Opener(long offset, long? length);

    /// <summary>Why the message gets no footer; null when it can get one.</summary>
    public string? Untouched { get; }

    /// <summary>Reads what must be known of a message. What the parser or the stream throws goes through.</summary>
    public static async Task<FooterPlan> ReadAsync(Opener open)
    {
        MimeNode root;
        await using (var message = await open(0, null))
            root = await OutlineReader.ReadAsync(message);
        var places = FooterPlaces.Find(root);
        if (places.Count == 0)
            return new([], "it has no text that may be changed");
        if (places.Count > MaxTexts)
            return new([], "it has too many texts");
        var room = (long)MaxText;
        var texts = new List<BodyText>();
        foreach (var place in places)
        {
            var length = place.ContentLength;
            if (length > room)
            {
                if (!BodyText.IsOpenEnded(place))
                    return new([], "its text is too long");
                length = Math.Min(length, EndLength);
                if (new BodyText(place, await ReadAsync(open, place.ContentStart, length)).HoldsPgp)
                    return new([], Sealed);
            }

            room -= length;
            texts.Add(new BodyText(place, await ReadAsync(open, place.ContentEnd - length, length)));
        }

        return texts.Exists(text => text.HoldsPgp) ? new([], Sealed) : new(texts, null);
    }

    /// <summary>The changes that put footers on the message, in its order; none when it has them all or cannot take them.</summary>
    public IReadOnlyList<Splice> Add(IReadOnlyList<FooterText> footers) =>
        [.. texts.SelectMany(text => text.Add(footers) ?? []).OrderBy(splice => splice.Offset)];

    private static async Task<byte[]> ReadAsync(Opener open, long offset, long length)
    {
        await using var content = await open(offset, length);
        var octets = new byte[length];
        await content.ReadExactlyAsync(octets);
        return octets;
    }
}
