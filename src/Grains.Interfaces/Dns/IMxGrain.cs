namespace Orleans.Mail;

/// <summary>Where mail for a domain goes, as DNS says: one look-up at a time for the whole cluster, kept as long as its TTL. Key: the domain, in lower-case A-labels.</summary>
[Alias("mail.IMxGrain")]
public interface IMxGrain : IGrainWithStringKey
{
    /// <summary>The grain's type, by which its activations are listed.</summary>
    const string TypeName = "mx";

    /// <summary>The answer, from the cache or from DNS. Never fails: trouble is an answer, too.</summary>
    [Alias("Resolve"), ResponseTimeout("00:01:30")]
    Task<MxAnswer> ResolveAsync();

    /// <summary>What is in the cache; null when there is nothing.</summary>
    [Alias("Show"), ResponseTimeout("00:00:05")]
    Task<MxAnswer?> ShowAsync();

    /// <summary>Forgets the answer, and that the domain's hosts failed. True when there was anything to forget.</summary>
    [Alias("Flush"), ResponseTimeout("00:00:05")]
    Task<bool> FlushAsync();

    /// <summary>Tells whether one of the domain's hosts could be reached. Those that failed for long are tried slowly.</summary>
    [Alias("Report"), ResponseTimeout("00:00:05")]
    Task ReportAsync(bool reached, string status);
}

/// <summary>What a look-up of a mail domain says (RFC 5321 5.1).</summary>
[GenerateSerializer, Alias("mail.MxOutcome")]
public enum MxOutcome
{
    /// <summary>There are hosts.</summary>
    Found = 0,

    /// <summary>The domain takes no mail (RFC 7505).</summary>
    NullMx = 1,

    /// <summary>There is no such domain.</summary>
    NoSuchDomain = 2,

    /// <summary>The domain exists, without MX and without address; or no host of its MX records has an address.</summary>
    NoHost = 3,

    /// <summary>DNS did not answer, or said that it is in trouble: temporary.</summary>
    Trouble = 4,
}

/// <param name="Domain">The domain that was asked for.</param>
/// <param name="Outcome">What the answer means.</param>
/// <param name="Hosts">The hosts by preference, the best first; those of equal preference in the order of their names.</param>
/// <param name="Entered">When it was looked up.</param>
/// <param name="TimeToLive">How long it may be used from then on.</param>
/// <param name="Cause">What went wrong, when something did.</param>
[GenerateSerializer, Immutable, Alias("mail.MxAnswer")]
public sealed record MxAnswer(
    [property: Id(0)] string Domain,
    [property: Id(1)] MxOutcome Outcome,
    [property: Id(2)] IReadOnlyList<MxHost> Hosts,
    [property: Id(3)] DateTimeOffset Entered,
    [property: Id(4)] TimeSpan TimeToLive,
    [property: Id(5)] string Cause)
{
    /// <summary>None of its hosts could be reached for long: DNS CACHE SHOW says <c>Not active</c>.</summary>
    [Id(6)] public bool IsDead { get; init; }

    /// <summary>No attempt before this time, since the last ones failed; null = none failed.</summary>
    [Id(7)] public DateTimeOffset? RestsUntil { get; init; }

    /// <summary>How the last attempt failed.</summary>
    [Id(8)] public string LastFailure { get; init; } = "";
}

/// <summary>A host that takes a domain's mail.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Preference">The preference of its MX record; 0 when the domain is its own host.</param>
/// <param name="Addresses">Its addresses, IPv4 and IPv6; empty when it has none now.</param>
[GenerateSerializer, Immutable, Alias("mail.MxHost")]
public sealed record MxHost(
    [property: Id(0)] string Name,
    [property: Id(1)] int Preference,
    [property: Id(2)] IReadOnlyList<string> Addresses);
