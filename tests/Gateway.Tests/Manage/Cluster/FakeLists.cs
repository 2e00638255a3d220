namespace Orleans.Mail.Gateway.Tests.Manage;

/// <summary>A mailing list and its members by address in lower case.</summary>
internal sealed class FakeList(string id, ListSettings settings)
{
    public string Id => id;

    public ListSettings Settings { get; set; } = settings;

    public SortedList<string, ListMember> Members { get; } = new(StringComparer.Ordinal);
}

/// <summary>The alias face of an address.</summary>
internal sealed class FakeAlias(FakeCluster cluster, string key) : IAliasGrain
{
    private string Local => key[..key.LastIndexOf('@')];

    private FakeDomain? Domain => cluster.Domains.GetValueOrDefault(key[(key.LastIndexOf('@') + 1)..]);

    public Task<NameResult> CreateAsync(AliasTarget target)
    {
        cluster.Called(nameof(CreateAsync));
        if (Domain is not { } domain)
            return Task.FromResult(new NameResult(NameOutcome.NoDomain));
        if (domain.FindTaken(key) is { } taken)
            return Task.FromResult(taken);
        domain.Aliases[Local] = target;
        return Task.FromResult(new NameResult(NameOutcome.Done));
    }

    public Task<AliasTarget?> ReadAsync()
    {
        cluster.Called(nameof(ReadAsync));
        return Task.FromResult(Domain?.Aliases.GetValueOrDefault(Local));
    }

    public Task<NameResult> ChangeAsync(AliasTarget target)
    {
        cluster.Called(nameof(ChangeAsync));
        if (Domain?.Aliases.ContainsKey(Local) != true)
            return Task.FromResult(new NameResult(NameOutcome.NotFound));
        Domain.Aliases[Local] = target;
        return Task.FromResult(new NameResult(NameOutcome.Done));
    }

    public Task<NameResult> DeleteAsync()
    {
        cluster.Called(nameof(DeleteAsync));
        return Task.FromResult(new NameResult(Domain?.Aliases.Remove(Local) == true ? NameOutcome.Done : NameOutcome.NotFound));
    }
}

/// <summary>The list face of an address.</summary>
internal sealed class FakeListAddress(FakeCluster cluster, string key) : IListAddressGrain
{
    private string Local => key[..key.LastIndexOf('@')];

    private FakeDomain? Domain => cluster.Domains.GetValueOrDefault(key[(key.LastIndexOf('@') + 1)..]);

    public Task<NameResult> CreateAsync(ListSettings settings)
    {
        cluster.Called(nameof(CreateAsync));
        if (Domain is not { } domain)
            return Task.FromResult(new NameResult(NameOutcome.NoDomain));
        if ((domain.FindTaken(key) ?? domain.FindTaken(key.Replace("@", "-owner@"))) is { } taken)
            return Task.FromResult(taken);
        domain.Lists[Local] = new FakeList("list-" + key, settings);
        return Task.FromResult(new NameResult(NameOutcome.Done));
    }

    public Task<MailingList?> ReadAsync()
    {
        cluster.Called(nameof(ReadAsync));
        return Task.FromResult(Domain?.Lists.GetValueOrDefault(Local) is { } list ? new MailingList(list.Id, list.Settings) : null);
    }

    public Task<NameResult> ChangeAsync(ListAccess? access, ListMembers? members)
    {
        cluster.Called(nameof(ChangeAsync));
        if (Domain?.Lists.GetValueOrDefault(Local) is not { } list)
            return Task.FromResult(new NameResult(NameOutcome.NotFound));
        list.Settings = new ListSettings(access ?? list.Settings.Access, members ?? list.Settings.Members);
        return Task.FromResult(new NameResult(NameOutcome.Done));
    }

    public Task<NameResult> DeleteAsync()
    {
        cluster.Called(nameof(DeleteAsync));
        return Task.FromResult(new NameResult(Domain?.Lists.Remove(Local) == true ? NameOutcome.Done : NameOutcome.NotFound));
    }
}

/// <summary>The members of a list.</summary>
internal sealed class FakeMailingList(FakeCluster cluster, string id) : IMailingListGrain
{
    private FakeList? List => cluster.Domains.Values.SelectMany(domain => domain.Lists.Values).FirstOrDefault(list => list.Id == id);

    public Task<NameOutcome> AddAsync(ListMember member)
    {
        cluster.Called(nameof(AddAsync));
        return Task.FromResult(List is not { } list ? NameOutcome.NotFound
            : list.Members.TryAdd(member.Address.ToLowerInvariant(), member) ? NameOutcome.Done : NameOutcome.Exists);
    }

    public Task<NameOutcome> ChangeAsync(ListMember member)
    {
        cluster.Called(nameof(ChangeAsync));
        if (List?.Members.GetValueOrDefault(member.Address.ToLowerInvariant()) is not { } known)
            return Task.FromResult(NameOutcome.NotFound);
        List.Members[member.Address.ToLowerInvariant()] = known with { Type = member.Type };
        return Task.FromResult(NameOutcome.Done);
    }

    public Task<NameOutcome> RemoveAsync(string address)
    {
        cluster.Called(nameof(RemoveAsync));
        return Task.FromResult(List?.Members.Remove(address.ToLowerInvariant()) == true ? NameOutcome.Done : NameOutcome.NotFound);
    }

    public Task<MemberPage> ListAsync(string after, int limit)
    {
        cluster.Called("ListMembersAsync");
        var members = List?.Members.Where(member => string.CompareOrdinal(member.Key, after) > 0).Take(limit + 1).ToArray() ?? [];
        return Task.FromResult(members.Length > limit
            ? new MemberPage(members[..limit].Select(member => member.Value).ToArray(), members[limit - 1].Key)
            : new MemberPage(members.Select(member => member.Value).ToArray(), null));
    }

    public Task ClearAsync(bool forEver)
    {
        cluster.Called(nameof(ClearAsync));
        List?.Members.Clear();
        return Task.CompletedTask;
    }

    public Task<ListMember?> FindAsync(string address) => throw new NotSupportedException();

    public Task<IReadOnlyList<string>> ReadAdministratorsAsync() => throw new NotSupportedException();

    public Task CountBounceAsync(string address) => throw new NotSupportedException();
}
