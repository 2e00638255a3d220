namespace Orleans.Mail;

/// <summary>What the cluster knows of itself: its domains, the versions of what gateways keep copies of, and its processes. Key: <see cref="TheKey"/>.</summary>
[Alias("mail.IClusterGrain")]
public interface IClusterGrain : IGrainWithStringKey
{
    /// <summary>The only key.</summary>
    const string TheKey = "cluster";

    /// <summary>A process reports itself, every 2 s, and learns which of its leased copies are stale.</summary>
    [Alias("Report"), ResponseTimeout("00:00:05")]
    Task<ClusterVersions> ReportAsync(ProcessReport report);

    /// <summary>The reports of the processes that still live, the caller's fresh one among them.</summary>
    [Alias("Status"), ResponseTimeout("00:00:05")]
    Task<IReadOnlyList<ProcessReport>> StatusAsync();

    /// <summary>The domains' settings changed: every leased copy is stale.</summary>
    [Alias("DomainsChanged"), ResponseTimeout("00:00:05")]
    Task DomainsChangedAsync();

    /// <summary>Deny entries changed: the leased copies of them are stale.</summary>
    [Alias("DenyChanged"), ResponseTimeout("00:00:05")]
    Task DenyChangedAsync();

    /// <summary>Blocks or traces changed: the leased copies of them are stale.</summary>
    [Alias("TimedChanged"), ResponseTimeout("00:00:05")]
    Task TimedChangedAsync();

    /// <summary>A page of the domains in ordinal order, those after <paramref name="after"/>. Domains being deleted are left out.</summary>
    [Alias("ListDomains"), ResponseTimeout("00:00:10")]
    Task<DomainPage> ListDomainsAsync(string after, int limit);

    /// <summary>
    /// A secret from which gateways make what they tell clients about users who do not exist: the same at all of them.
    /// Throws when the store is in trouble.
    /// </summary>
    [Alias("LoginSecret"), ResponseTimeout("00:00:05")]
    Task<byte[]> LoginSecretAsync();
}

/// <param name="Incarnation">A new activation of the grain counts anew, so another incarnation means: everything may be stale.</param>
/// <param name="Domains">Grows with every change of a domain.</param>
[GenerateSerializer, Immutable, Alias("mail.ClusterVersions")]
public sealed record ClusterVersions(
    [property: Id(0)] MessageId Incarnation,
    [property: Id(1)] long Domains)
{
    /// <summary>Grows with every change of a deny entry.</summary>
    [Id(2)] public long Deny { get; init; }

    /// <summary>Grows with every change of a block or a trace.</summary>
    [Id(3)] public long Timed { get; init; }
}

/// <param name="Domains">Names and settings, in ordinal order; <see cref="Domain.Users"/> is not filled in here.</param>
/// <param name="Next">Pass it as the cursor of the next page; null at the end.</param>
[GenerateSerializer, Immutable, Alias("mail.DomainPage")]
public sealed record DomainPage(
    [property: Id(0)] IReadOnlyList<Domain> Domains,
    [property: Id(1)] string? Next);

/// <summary>What one process (gateway or silo) has done since it started.</summary>
[GenerateSerializer, Immutable, Alias("mail.ProcessReport")]
public sealed record ProcessReport
{
    /// <summary>The process: a name that no other has.</summary>
    [Id(0)] public required string Process { get; init; }

    [Id(1)] public required DateTimeOffset Started { get; init; }

    [Id(2)] public long MailsSent { get; init; }

    [Id(3)] public long MailsReceived { get; init; }

    [Id(4)] public int SmtpConnections { get; init; }

    [Id(5)] public int SmtpOutConnections { get; init; }

    [Id(6)] public int Pop3Connections { get; init; }

    [Id(7)] public int Threads { get; init; }

    /// <summary>Spilled message bodies that wait to be committed.</summary>
    [Id(8)] public int TemporaryFiles { get; init; }

    /// <summary>By which the process can be asked; null when it serves no mail.</summary>
    [Id(9)] public IGatewayObserver? Gateway { get; init; }
}
