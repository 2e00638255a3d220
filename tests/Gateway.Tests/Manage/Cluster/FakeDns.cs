namespace Orleans.Mail.Gateway.Tests.Manage;

/// <summary>What DNS says, and what of it is in the cache.</summary>
internal sealed class FakeDns
{
    private readonly SortedDictionary<string, MxAnswer> cached = new(StringComparer.Ordinal);

    /// <summary>What a look-up finds.</summary>
    public Dictionary<string, MxAnswer> Known { get; } = new(StringComparer.Ordinal);

    /// <summary>The activations, those that have gone meanwhile among them.</summary>
    public IReadOnlyList<string> Active => [.. cached.Keys.Reverse(), "gone.test"];

    public void Cache(MxAnswer answer) => cached[answer.Domain] = answer;

    public IMxGrain Entry(string domain) => new FakeEntry(this, domain);

    private sealed class FakeEntry(FakeDns dns, string domain) : IMxGrain
    {
        public Task<MxAnswer> ResolveAsync()
        {
            if (!dns.cached.TryGetValue(domain, out var answer))
                dns.Cache(answer = dns.Known[domain]);
            return Task.FromResult(answer);
        }

        public Task<MxAnswer?> ShowAsync() => Task.FromResult(dns.cached.GetValueOrDefault(domain));

        public Task<bool> FlushAsync() => Task.FromResult(dns.cached.Remove(domain));

        public Task ReportAsync(bool reached, string status) => throw new NotSupportedException();
    }
}
