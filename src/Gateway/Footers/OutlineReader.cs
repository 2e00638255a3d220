using MimeKit;

namespace Orleans.Mail.Gateway.Footers;

/// <summary>
/// Reads the structure of a message, in memory bounded by <see cref="MaxParts"/> and <see cref="MaxHeader"/>. Beyond them
/// it throws <see cref="InvalidDataException"/>.
/// </summary>
internal sealed class OutlineReader : MimeReader
{
    /// <summary>Parts of a message.</summary>
    public const int MaxParts = 10_000;

    /// <summary>Octets of one header.</summary>
    public const int MaxHeader = 1024 * 1024;

    private readonly Stack<MimeNode> open = [];
    private readonly HeaderGuard guard;
    private PartHeader header = new();
    private MimeNode? root;
    private int parts;
    private int embedded;

    private OutlineReader(HeaderGuard guard)
        : base(guard, MimeFormat.Entity) => this.guard = guard;

    /// <summary>The structure of the message that the stream holds.</summary>
    public static async Task<MimeNode> ReadAsync(Stream message)
    {
        var reader = new OutlineReader(new HeaderGuard(message));
        await reader.ReadMessageAsync();
        return reader.root ?? throw new InvalidDataException("the message has no content");
    }

    protected override void OnHeadersBegin(long beginOffset, int beginLineNumber, CancellationToken cancellationToken)
    {
        guard.Limit = beginOffset + MaxHeader;
        header = new PartHeader();
    }

    protected override void OnHeaderRead(Header header, int beginLineNumber, CancellationToken cancellationToken)
    {
        if (embedded == 0)
            this.header.Add(header);
    }

    protected override void OnBodySeparator(long beginOffset, int lineNumber, long endOffset, CancellationToken cancellationToken) =>
        header.End = beginOffset;

    protected override void OnHeadersEnd(long beginOffset, int beginLineNumber, long endOffset, int endLineNumber, CancellationToken cancellationToken) =>
        guard.Limit = long.MaxValue;

    protected override void OnMimePartBegin(ContentType contentType, long beginOffset, int beginLineNumber, CancellationToken cancellationToken) =>
        Begin(contentType);

    protected override void OnMimePartContentEnd(
        long beginOffset, int beginLineNumber, long endOffset, int lines, NewLineFormat? newLineFormat, CancellationToken cancellationToken)
    {
        if (embedded > 0)
            return;
        open.Peek().ContentStart = beginOffset;
        open.Peek().ContentEnd = endOffset;
    }

    protected override void OnMimePartEnd(
        ContentType contentType, long beginOffset, int beginLineNumber, long headersEndOffset, long endOffset, int lines, CancellationToken cancellationToken) =>
        End();

    protected override void OnMultipartBegin(ContentType contentType, long beginOffset, int beginLineNumber, CancellationToken cancellationToken) =>
        Begin(contentType);

    protected override void OnMultipartEnd(
        ContentType contentType, long beginOffset, int beginLineNumber, long headersEndOffset, long endOffset, int lines, CancellationToken cancellationToken) =>
        End();

    protected override void OnMessagePartBegin(ContentType contentType, long beginOffset, int beginLineNumber, CancellationToken cancellationToken)
    {
        Begin(contentType);
        embedded++;
    }

    protected override void OnMessagePartEnd(
        ContentType contentType, long beginOffset, int beginLineNumber, long headersEndOffset, long endOffset, int lines, CancellationToken cancellationToken)
    {
        embedded--;
        End();
    }

    private void Begin(ContentType type)
    {
        if (embedded > 0)
            return;
        if (++parts > MaxParts)
            throw new InvalidDataException("the message has too many parts");
        var node = new MimeNode(type, header) { IsRoot = root is null };
        if (root is null)
            root = node;
        else
            open.Peek().Children.Add(node);
        open.Push(node);
    }

    private void End()
    {
        if (embedded == 0)
            open.Pop();
    }
}
