namespace Orleans.Mail.Gateway.Tests.Manage;

/// <summary>A domain's grain.</summary>
internal sealed class FakeDomainGrain(FakeCluster cluster, string name) : IDomainGrain
{
    public Task<DomainResult> CreateAsync(DomainSettings settings)
    {
        cluster.Called(nameof(CreateAsync));
        return Task.FromResult(cluster.Domains.TryAdd(name, new FakeDomain(settings)) ? DomainResult.Done : DomainResult.Exists);
    }

    public Task<Domain?> ReadAsync()
    {
        cluster.Called(nameof(ReadAsync));
        return Task.FromResult(cluster.Domains.TryGetValue(name, out var domain) ? new Domain(name, domain.Settings, domain.Users.Count) : null);
    }

    public Task<DomainResult> ChangeAsync(DomainChange change)
    {
        cluster.Called(nameof(ChangeAsync));
        if (!cluster.Domains.TryGetValue(name, out var domain))
            return Task.FromResult(DomainResult.NotFound);
        var old = domain.Settings;
        domain.Settings = new DomainSettings
        {
            DefaultMaxInKb = change.DefaultMaxInKb ?? old.DefaultMaxInKb,
            DefaultMaxOutKb = change.DefaultMaxOutKb ?? old.DefaultMaxOutKb,
            MaxInKb = change.MaxInKb ?? old.MaxInKb,
            MaxOutKb = change.MaxOutKb ?? old.MaxOutKb,
            DefaultMailbox = change.DefaultMailbox ?? old.DefaultMailbox,
            DefaultQuotaKb = change.DefaultQuotaKb ?? old.DefaultQuotaKb,
            MaxUsers = change.MaxUsers ?? old.MaxUsers,
            IncomingFooter = change.IncomingFooter ?? old.IncomingFooter,
            OutgoingFooter = change.OutgoingFooter ?? old.OutgoingFooter,
            ShowFooter = change.ShowFooter ?? old.ShowFooter,
        };
        return Task.FromResult(DomainResult.Done);
    }

    public Task<DomainResult> DeleteAsync()
    {
        cluster.Called(nameof(DeleteAsync));
        return Task.FromResult(cluster.Domains.Remove(name) ? DomainResult.Done : DomainResult.NotFound);
    }

    public Task<NamePage> ListAsync(string after, int limit)
    {
        cluster.Called(nameof(ListAsync));
        if (!cluster.Domains.TryGetValue(name, out var domain))
            return Task.FromResult(new NamePage([], null));
        var names = domain.NamesAfter(after).Take(limit + 1).ToArray();
        return Task.FromResult(names.Length > limit ? new NamePage(names[..limit], names[limit - 1].Local) : new NamePage(names, null));
    }

    public Task<Admission> AdmitUserAsync() => throw new NotSupportedException();

    public Task DismissUserAsync() => throw new NotSupportedException();
}

/// <summary>The grain that knows the cluster.</summary>
internal sealed class FakeDirectory(FakeCluster cluster) : IClusterGrain
{
    public Task<ClusterVersions> ReportAsync(ProcessReport report)
    {
        cluster.Called(nameof(ReportAsync));
        cluster.Report = report;
        return Task.FromResult(new ClusterVersions(default, cluster.Calls[nameof(ReportAsync)]) { Deny = cluster.DenyVersion, Timed = cluster.TimedVersion });
    }

    public Task<IReadOnlyList<ProcessReport>> StatusAsync()
    {
        cluster.Called(nameof(StatusAsync));
        return Task.FromResult<IReadOnlyList<ProcessReport>>(cluster.Report is { } own ? [own, .. cluster.OtherReports] : [.. cluster.OtherReports]);
    }

    public Task DomainsChangedAsync() => throw new NotSupportedException();

    public Task DenyChangedAsync() => throw new NotSupportedException();

    public Task TimedChangedAsync() => throw new NotSupportedException();

    public Task<byte[]> LoginSecretAsync() => throw new NotSupportedException();

    public Task<DomainPage> ListDomainsAsync(string after, int limit)
    {
        cluster.Called(nameof(ListDomainsAsync));
        var domains = cluster.Domains.Where(domain => string.CompareOrdinal(domain.Key, after) > 0).Take(limit + 1)
            .Select(domain => new Domain(domain.Key, domain.Value.Settings, 0)).ToArray();
        return Task.FromResult(domains.Length > limit ? new DomainPage(domains[..limit], domains[limit - 1].Name) : new DomainPage(domains, null));
    }
}
