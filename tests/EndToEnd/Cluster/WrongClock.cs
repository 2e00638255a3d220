namespace Orleans.Mail.EndToEnd.Cluster;

/// <summary>The clock of a machine that nobody sets: it goes as it should, and shows another time.</summary>
/// <param name="ahead">By how much.</param>
internal sealed class WrongClock(TimeSpan ahead) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + ahead;
}
