namespace Orleans.Mail.TestKit.Dns;

/// <summary>What a DNS server does wrong with questions about a name.</summary>
public enum DnsFault
{
    /// <summary>SERVFAIL.</summary>
    ServerFailure,

    /// <summary>REFUSED, as a lame server says.</summary>
    Refused,

    /// <summary>No answer at all.</summary>
    Silence,

    /// <summary>Octets that are no answer, over both transports.</summary>
    Garbage,

    /// <summary>Over UDP the answer does not fit; over TCP all is well.</summary>
    Truncation,
}
