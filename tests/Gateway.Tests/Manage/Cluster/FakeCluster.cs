using Orleans.Mail.Gateway.Tests.Abuse;
using Orleans.Mail.Gateway.Tests.Perimeters;
using Orleans.Mail.Storage;

namespace Orleans.Mail.Gateway.Tests.Manage;

/// <summary>A cluster in memory: what the management protocol needs of its grains.</summary>
internal sealed class FakeCluster
{
    public FakeCluster() => Grains = FakeGrainFactory.Create(Resolve);

    public IGrainFactory Grains { get; }

    public FakeDns Dns { get; } = new();

    public SortedDictionary<string, FakeDomain> Domains { get; } = new(StringComparer.Ordinal);

    /// <summary>Whether mail for postmaster is taken.</summary>
    public bool HasPostmaster { get; set; } = true;

    public FakeAccess Access { get; } = new();

    /// <summary>The version of the deny entries that reports are answered with.</summary>
    public long DenyVersion { get; set; }

    public FakeDenyLists Denied { get; } = new();

    /// <summary>The version of blocks and traces that reports are answered with.</summary>
    public long TimedVersion { get; set; }

    public FakeAbuse Abuse { get; } = new(TimeProvider.System);

    public FakeQueue Queue { get; } = new();

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
            foreach (var (local, alias) in domain.Aliases)
                yield return $"alias {local}@{name} {alias.Forward}{alias.Pipe}";
            foreach (var (local, list) in domain.Lists)
            {
                yield return $"list {local}@{name} {(int)list.Settings.Access} {(int)list.Settings.Members}";
                foreach (var member in list.Members.Values)
                    yield return $"member {member.Address} {(int)member.Type} {local}@{name}";
            }
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
        if (type == typeof(IAliasGrain))
            return new FakeAlias(this, (string)key);
        if (type == typeof(IListAddressGrain))
            return new FakeListAddress(this, (string)key);
        if (type == typeof(IMailingListGrain))
            return new FakeMailingList(this, (string)key);
        if (type == typeof(IDomainGrain))
            return new FakeDomainGrain(this, (string)key);
        if (type == typeof(IClusterGrain))
            return new FakeDirectory(this);
        if (type == typeof(IDenyListGrain))
            return Denied.Find((string)key);
        if (Abuse.Resolve(type, key) is { } grain)
            return grain;
        if (type == typeof(IAccessGrain))
            return Access;
        if (type == typeof(IMailboxGrain))
            return FakeMailbox.Create((string)key);
        if (type == typeof(ISubmissionGrain))
            return FakeRouter.Create(HasPostmaster);
        if (type == typeof(IQueueManagementGrain))
            return Queue;
        if (type == typeof(IMxGrain))
            return Dns.Entry((string)key);
        if (type == typeof(ISweepGrain))
            return Sweep;
        return type == typeof(Orleans.Runtime.IManagementGrain) ? FakeManagement.Create(Dns) : throw new NotSupportedException(type.Name);
    }

    /// <summary>The store's answer to everything.</summary>
    public static Exception StoreTrouble => new StorageException("disk full");
}

/// <summary>A domain and its names by local part.</summary>
internal sealed class FakeDomain(DomainSettings settings)
{
    public DomainSettings Settings { get; set; } = settings;

    public SortedList<string, FakeUser> Users { get; } = new(StringComparer.Ordinal);

    public SortedList<string, AliasTarget> Aliases { get; } = new(StringComparer.Ordinal);

    public SortedList<string, FakeList> Lists { get; } = new(StringComparer.Ordinal);

    /// <summary>What else an address is already, as its grain says it; null when it is free.</summary>
    public NameResult? FindTaken(string address)
    {
        var local = address[..address.LastIndexOf('@')];
        var kind = Users.ContainsKey(local) ? NameKind.User
            : Aliases.ContainsKey(local) ? NameKind.Alias
            : Lists.ContainsKey(local) ? NameKind.List
            : Lists.Keys.Any(list => list + "-owner" == local) ? NameKind.ListOwner
            : NameKind.None;
        return kind == NameKind.None ? null : new NameResult(NameOutcome.Exists, kind, address);
    }

    /// <summary>All names in ordinal order, those after <paramref name="after"/>.</summary>
    public IEnumerable<NameEntry> NamesAfter(string after)
    {
        var first = after.Length == 0 ? 0 : Users.IndexOfKey(after) + 1;
        if (Aliases.Count + Lists.Count == 0)
            return Enumerable.Range(first, Users.Count - first).Select(i => new NameEntry(Users.GetKeyAtIndex(i), NameKind.User, Users.GetValueAtIndex(i).Weak));
        return Users.Select(user => new NameEntry(user.Key, NameKind.User, user.Value.Weak))
            .Concat(Aliases.Keys.Select(alias => new NameEntry(alias, NameKind.Alias, false)))
            .Concat(Lists.Keys.SelectMany(list => new[] { new NameEntry(list, NameKind.List, false), new NameEntry(list + "-owner", NameKind.ListOwner, false) }))
            .OrderBy(name => name.Local, StringComparer.Ordinal)
            .Where(name => string.CompareOrdinal(name.Local, after) > 0);
    }
}

/// <summary>A user.</summary>
internal sealed record FakeUser(AccountSettings Settings, ScramVerifier? Verifier, bool Weak, string MailboxId);
