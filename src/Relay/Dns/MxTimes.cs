namespace Orleans.Mail.Relay;

/// <summary>The bounds of what DNS says about times.</summary>
internal static class MxTimes
{
    /// <summary>An answer is kept at least so long: a TTL of 0 would be a look-up a message.</summary>
    public static readonly TimeSpan Shortest = TimeSpan.FromSeconds(30);

    /// <summary>No answer is kept longer.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    /// <summary>No negative answer is kept longer: mail fails by it.</summary>
    public static readonly TimeSpan LongestNegative = TimeSpan.FromHours(1);

    /// <summary>A negative answer without SOA.</summary>
    public static readonly TimeSpan Negative = TimeSpan.FromMinutes(5);

    /// <summary>An answer in which a host's addresses are missing for trouble is completed soon.</summary>
    public static readonly TimeSpan Incomplete = TimeSpan.FromMinutes(5);

    /// <summary>How long nobody asks again after trouble.</summary>
    public static readonly TimeSpan Trouble = TimeSpan.FromSeconds(30);

    public static TimeSpan Clamp(TimeSpan time) => time < Shortest ? Shortest : time > Longest ? Longest : time;

    public static TimeSpan ClampNegative(TimeSpan time) => time < Shortest ? Shortest : time > LongestNegative ? LongestNegative : time;
}
