namespace Orleans.Mail.Grains;

/// <summary>An address on a recipient's way.</summary>
/// <param name="Key">The name that was found: for <c>user+detail</c> the user's.</param>
/// <param name="Address">The address as it was written.</param>
/// <param name="IsCopy">The way leads through somebody's COPY.</param>
/// <param name="MaxSize">Octets of the largest message that everybody on the way takes; 0 = no limit.</param>
/// <param name="Before">The address before it; null for the recipient itself.</param>
internal sealed record RouteStep(string Key, MailAddress Address, bool IsCopy, long MaxSize, RouteStep? Before)
{
    /// <summary>How often the mail was passed on until here.</summary>
    public int Hops { get; } = Before is null ? 0 : Before.Hops + 1;

    /// <summary>Whether an address was passed already.</summary>
    public bool HasPassed(string key)
    {
        for (var step = this; step is not null; step = step.Before)
        {
            if (step.Key == key)
                return true;
        }

        return false;
    }

    /// <summary>The same step under one more limit.</summary>
    public RouteStep Within(long maxSize) => this with { MaxSize = MaxSize == 0 || (maxSize > 0 && maxSize < MaxSize) ? maxSize : MaxSize };
}
