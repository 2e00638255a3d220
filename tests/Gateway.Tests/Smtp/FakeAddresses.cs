namespace Orleans.Mail.Gateway.Tests.Smtp;

/// <summary>The domains and names of the test's world.</summary>
internal sealed class FakeAddresses : IClusterGrain
{
    private readonly HashSet<string> users =
        ["mick@acme.test", "ann@acme.test", "müller@acme.test", "a b@acme.test", "bob@beta.test", "postmaster@beta.test", "root@xn--bcher-kva.test"];

    /// <summary>Names that exist but take no mail.</summary>
    public HashSet<string> Off { get; } = ["off@acme.test"];

    /// <summary>Names whose grain fails.</summary>
    public HashSet<string> Broken { get; } = ["broken@acme.test"];

    /// <summary>Where aliases lead.</summary>
    public Dictionary<string, string> Aliases { get; } = new()
    {
        ["chief@acme.test"] = "mick@acme.test",
        ["boss@beta.test"] = "Chief@ACME.test",
        ["press@acme.test"] = "ann@acme.test",
        ["round@acme.test"] = "round@acme.test",
        ["away@acme.test"] = "mick@else.test",
    };

    /// <summary>The largest message that a user may send.</summary>
    public Dictionary<string, long> MaxOut { get; } = [];

    /// <summary>What is set of domains; the gateway has it after its next look.</summary>
    public Dictionary<string, DomainSettings> Settings { get; } = [];

    /// <summary>Adds users until there are <paramref name="count"/> of the form u7@acme.test.</summary>
    public void AddMany(int count)
    {
        for (var i = 0; i < count; i++)
            users.Add($"u{i}@acme.test");
    }

    public IAddressGrain Find(string key) => new Address(this, key);

    public Task<DomainPage> ListDomainsAsync(string after, int limit) => Task.FromResult(new DomainPage(
        [.. new[] { "acme.test", "beta.test", "xn--bcher-kva.test" }.Select(name => new Domain(name, Settings.GetValueOrDefault(name, new DomainSettings()), 0))], null));

    public Task<ClusterVersions> ReportAsync(ProcessReport report) => throw new NotSupportedException();

    public Task<IReadOnlyList<ProcessReport>> StatusAsync() => throw new NotSupportedException();

    public Task DomainsChangedAsync() => throw new NotSupportedException();

    public Task DenyChangedAsync() => throw new NotSupportedException();

    public Task TimedChangedAsync() => throw new NotSupportedException();

    public Task<byte[]> LoginSecretAsync() => Task.FromResult(new byte[32]);

    private sealed class Address(FakeAddresses all, string key) : IAddressGrain
    {
        public Task<Resolution> ResolveAsync()
        {
            if (all.Broken.Contains(key))
                return Task.FromException<Resolution>(new TimeoutException("the silo does not answer"));
            if (all.Off.Contains(key))
                return Task.FromResult(new Resolution { Kind = NameKind.User, Id = "box-" + key, Refused = true });
            if (all.Aliases.TryGetValue(key, out var target))
                return Task.FromResult(new Resolution { Kind = NameKind.Alias, Forward = target });
            return Task.FromResult(all.users.Contains(key)
                ? new Resolution { Kind = NameKind.User, Id = "box-" + key, MaxOut = all.MaxOut.GetValueOrDefault(key) }
                : Resolution.None);
        }
    }
}
