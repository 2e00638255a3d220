namespace Orleans.Mail.Gateway.Tests.Pop3;

/// <summary>A cluster that knows its domains.</summary>
internal sealed class FakeCluster(params string[] domains) : IClusterGrain
{
    public Task<DomainPage> ListDomainsAsync(string after, int limit) => Task.FromResult(
        new DomainPage([.. domains.Select(name => new Domain(name, new DomainSettings(), 0))], null));

    public Task<ClusterVersions> ReportAsync(ProcessReport report) => throw new NotSupportedException();

    public Task<IReadOnlyList<ProcessReport>> StatusAsync() => throw new NotSupportedException();

    public Task DomainsChangedAsync() => throw new NotSupportedException();

    public Task DenyChangedAsync() => throw new NotSupportedException();

    public Task TimedChangedAsync() => throw new NotSupportedException();

    public Task<byte[]> LoginSecretAsync() => Task.FromResult(new byte[32]);
}
