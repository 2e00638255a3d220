namespace Orleans.Mail.Gateway.Footers;

/// <summary>A message whose structure was read once, so that several variants of it can be planned.</summary>
internal sealed class FooterPlan
{
    /// <summary>Octets of a text that are held in memory at most, in its transfer encoding.</summary>
    public const int MaxText = 1024 * 1024;

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
        if (places.Sum(place => place.ContentLength) > MaxText)
            return new([], "its text is too long");
        var texts = new List<BodyText>();
        foreach (var place in places)
        {
            await using var content = await open(place.ContentStart, place.ContentLength);
            var octets = new byte[place.ContentLength];
            await content.ReadExactlyAsync(octets);
            texts.Add(new BodyText(place, octets));
        }

        return texts.Exists(text => text.HoldsPgp) ? new([], "it is signed or encrypted") : new(texts, null);
    }

    /// <summary>The changes that put footers on the message, in its order; none when it has them all or cannot take them.</summary>
    public IReadOnlyList<Splice> Add(IReadOnlyList<FooterText> footers) =>
        [.. texts.SelectMany(text => text.Add(footers) ?? []).OrderBy(splice => splice.Offset)];
}
