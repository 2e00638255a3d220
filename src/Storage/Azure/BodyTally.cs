namespace Orleans.Mail.Storage.Azure;

/// <summary>
/// Counts bodies while somebody scans them all, which a sweep does: asking the service for nothing but a number would read
/// a line for every body. The last complete scan of this process counts; none yet = nothing.
/// </summary>
internal sealed class BodyTally
{
    private readonly Lock gate = new();
    private BodyUsage last = new(0, 0, 0);
    private long bodies;
    private long bytes;
    private string? expected;

    public BodyUsage Last
    {
        get
        {
            lock (gate)
                return last;
        }
    }

    /// <summary>Takes a page that was read at a cursor. Pages of another scan are left out.</summary>
    public void Add(string? cursor, BodyPage page)
    {
        lock (gate)
        {
            if (cursor is null)
                (bodies, bytes) = (0, 0);
            else if (cursor != expected)
                return;
            foreach (var stored in page.Bodies)
            {
                bodies++;
                bytes += stored.Body.Size;
            }

            expected = page.Next;
            if (page.Next is null)
                last = new BodyUsage(bodies, bytes, 0);
        }
    }
}
