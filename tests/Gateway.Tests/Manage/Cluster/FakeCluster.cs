using Orleans.Mail.Gateway.Tests.Perimeters;
using Orleans.Mail.Storage;

namespace Orleans.Mail.Gateway.Tests.Manage;

/// <summary>A cluster in memory: what the management protocol needs of its grains.</summary>
internal sealed class FakeCluster
{
    public FakeCluster() => Grains = FakeGrainFactory.Create(Resolve);

    public IGrainFactory Grains { get; }

    public SortedDictionary<string, FakeDomain> Domains { get; } = new(StringComparer.Ordinal);

    /// <summary>Whether mail for postmaster is taken.</summary>
    public bool HasPostmaster { get; set; } = true;

    public FakeAccess Access { get; } = new();

    /// <summary>The version of the deny entries that reports are answered with.</summary>
    public long DenyVersion { get; set; }

    public FakeDenyLists Denied { get; } = new();

    public FakeSweep Sweep { get; } = new();

    /// <summary>What this gateway reported last.</summary>
    public ProcessReport? Report { get; set; }

    public List<ProcessReport> OtherReports { get; } = [];

    /// <summary>Calls by method name.</summary>
    public Dictionary<string, int> Calls { get; } = [];

    /// <summary>While it is set, every call fails with it.</summary>
    public Exception? Trouble { get; set; }

    /// <summary>Every user and domain, as a test compares them.</summary>
    public IEnumerable<string> Describe()
    {
        foreach (var entry in Denied.Describe())
            yield return entry;
        foreach (var (name, domain) in Domains)
        {
            yield return $"domain {name} {FakeText.Describe(domain.Settings)}".TrimEnd();
            foreach (var (local, user) in domain.Users)
                yield return $"user {local}@{name} {FakeText.Describe(user)}".TrimEnd();
        }
    }

    public void Called(string method)
    {
        Calls[method] = Calls.GetValueOrDefault(method) + 1;
        if (Trouble is not null)
            throw Trouble;
    }

    private object Resolve(Type type, object key)
    {
        if (type == typeof(IAccountGrain))
            return new FakeAccount(this, (string)key);
        if (type == typeof(IDomainGrain))
            return new FakeDomainGrain(this, (string)key);
        if (type == typeof(IClusterGrain))
            return new FakeDirectory(this);
        if (type == typeof(IDenyListGrain))
            return Denied.Find((string)key);
        if (type == typeof(IAccessGrain))
            return Access;
        if (type == typeof(IMailboxGrain))
            return FakeMailbox.Create((string)key);
        if (type == typeof(ISubmissionGrain))
            return FakeRouter.Create(HasPostmaster);
        if (type == typeof(ISweepGrain))
            return Sweep;
        return type == typeof(Orleans.Runtime.IManagementGrain) ? FakeManagement.Create() : throw new NotSupportedException(type.Name);
    }

    /// <summary>The store's answer to everything.</summary>
    public static Exception StoreTrouble => new StorageException("disk full");
}

/// <summary>A domain and its users by local part.</summary>
internal sealed class FakeDomain(DomainSettings settings)
{
    public DomainSettings Settings { get; set; } = settings;

    public SortedList<string, FakeUser> Users { get; } = new(StringComparer.Ordinal);
}

/// <summary>A user.</summary>
internal sealed record FakeUser(AccountSettings Settings, ScramVerifier? Verifier, bool Weak, string MailboxId);
