using DnsClient.Protocol;

namespace Orleans.Mail.Relay;

/// <summary>What DNS says to a question.</summary>
internal enum DnsResult
{
    /// <summary>There are records.</summary>
    Records,

    /// <summary>The name exists without records of that type (RFC 2308 2.2).</summary>
    NoRecords,

    /// <summary>The name does not exist, nor anything below it (RFC 8020).</summary>
    NoSuchName,

    /// <summary>No usable answer from any server.</summary>
    Trouble,
}

/// <param name="Result">What the answer means.</param>
/// <param name="Name">The name at the end of the CNAME chain, as the question's type is asked there.</param>
/// <param name="Records">The records of the type that was asked for.</param>
/// <param name="TimeToLive">How long the answer holds, CNAMEs included; a negative one as its SOA says (RFC 2308 5).</param>
/// <param name="Cause">What went wrong, when something did.</param>
internal sealed record DnsReply(DnsResult Result, string Name, IReadOnlyList<DnsResourceRecord> Records, TimeSpan TimeToLive, string Cause = "")
{
    public static DnsReply Trouble(string name, string cause) => new(DnsResult.Trouble, name, [], MxTimes.Trouble, cause);
}
