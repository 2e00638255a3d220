namespace Orleans.Mail.Grains;

/// <summary>
/// The number of a decision that a report is owed: the time in milliseconds above <see cref="RandomBits"/> bits of chance, or of the message's id,
/// so that the report's id is as young as the report.
/// </summary>
internal static class ReportNumber
{
    private const int RandomBits = 20;

    /// <summary>A new one, never 0.</summary>
    public static long New(DateTimeOffset now) => (now.ToUnixTimeMilliseconds() << RandomBits) | Random.Shared.NextInt64(1 << RandomBits);

    /// <summary>The number of what is decided of a message at a time that is known before: all of its recipients have the same.</summary>
    public static long Of(DateTimeOffset time, MessageId id) => (time.ToUnixTimeMilliseconds() << RandomBits) | (long)(id.Low & ((1 << RandomBits) - 1));

    /// <summary>When the decision was made.</summary>
    public static DateTimeOffset TimeOf(long number) => DateTimeOffset.FromUnixTimeMilliseconds(number >> RandomBits);
}
