using System.Collections.Concurrent;
using System.Reflection;
using Orleans.Mail.Grains;

namespace Orleans.Mail.Relay.Tests.Destinations;

/// <summary>The grains that the relay calls, without a cluster.</summary>
internal sealed class FakeGrains(TimeProvider time) : IHostDns
{
    public ConcurrentDictionary<string, FakeMx> Domains { get; } = new(StringComparer.Ordinal);

    public ConcurrentDictionary<DenyKind, FakeDenyList> Denied { get; } = new();

    public IGrainFactory Factory => GrainFactoryProxy.Create(Find);

    public FakeMx Mx(string domain) => Domains.GetOrAdd(domain, _ => new FakeMx(domain, time));

    public FakeDenyList List(DenyKind kind) => Denied.GetOrAdd(kind, static _ => new FakeDenyList());

    public async Task<MxAnswer> LookUpHostAsync(string name, CancellationToken cancellationToken) => await Mx(name).ResolveAsync();

    private object Find(Type type, string key) => type == typeof(IMxGrain)
        ? Mx(key)
        : List(DenyEntry.Kinds.Single(kind => DenyEntry.NameOf(kind).Equals(key, StringComparison.OrdinalIgnoreCase)));
}

/// <summary>A grain factory that finds its grains by a function.</summary>
public class GrainFactoryProxy : DispatchProxy
{
    private Func<Type, string, object> find = static (_, _) => throw new NotSupportedException();

    public static IGrainFactory Create(Func<Type, string, object> find)
    {
        var proxy = Create<IGrainFactory, GrainFactoryProxy>();
        ((GrainFactoryProxy)proxy).find = find;
        return proxy;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => find(targetMethod!.GetGenericArguments()[0], (string)args![0]!);
}

/// <summary>What is known of one domain.</summary>
internal sealed class FakeMx(string domain, TimeProvider time) : IMxGrain
{
    private HostHealth health = HostHealth.Well;
    private MxAnswer answer = new(domain, MxOutcome.NoSuchDomain, [], time.GetUtcNow(), TimeSpan.FromHours(1), "");

    public int Resolved { get; private set; }

    public List<bool> Reports { get; } = [];

    public bool Fails { get; set; }

    /// <summary>Hosts as <c>10 mx.test 192.0.2.1 2001:db8::1</c>.</summary>
    public FakeMx Has(params string[] hosts) => Is(MxOutcome.Found, hosts);

    public FakeMx Is(MxOutcome outcome, params string[] hosts)
    {
        answer = answer with
        {
            Outcome = outcome,
            Hosts = [.. hosts.Select(static text => text.Split(' ')).Select(static words => new MxHost(words[1], int.Parse(words[0], System.Globalization.CultureInfo.InvariantCulture), words[2..]))],
            Entered = time.GetUtcNow(),
        };
        return this;
    }

    public Task<MxAnswer> ResolveAsync()
    {
        Resolved++;
        if (Fails)
            throw new TimeoutException("the grain does not answer");
        return Task.FromResult(answer with { IsDead = health.IsDead, RestsUntil = health.RestsUntil, LastFailure = health.LastFailure });
    }

    public Task<MxAnswer?> ShowAsync() => throw new NotSupportedException();

    public Task<bool> FlushAsync()
    {
        health = HostHealth.Well;
        return Task.FromResult(true);
    }

    public Task ReportAsync(bool reached, string status)
    {
        Reports.Add(reached);
        health = reached ? HostHealth.Well : health.Fail(time.GetUtcNow(), status);
        return Task.CompletedTask;
    }
}

/// <summary>Deny entries of one kind.</summary>
internal sealed class FakeDenyList : IDenyListGrain
{
    private readonly List<DenyChange> log = [];

    public bool Fails { get; set; }

    public void Deny(string entry) => log.Add(new DenyChange(entry, Added: true));

    public Task<DenyChanges> ReadChangesAsync(long since)
    {
        if (Fails)
            throw new TimeoutException("the grain does not answer");
        return Task.FromResult(new DenyChanges(log.Count, Forgotten: false, [.. log.Skip((int)since)]));
    }

    public Task<DenyResult> AddAsync(string entry) => throw new NotSupportedException();

    public Task<DenyResult> RemoveAsync(string entry) => throw new NotSupportedException();

    public Task<int> RemoveSomeAsync() => throw new NotSupportedException();

    public Task<DenyPage> ListAsync(string after, int limit) => throw new NotSupportedException();
}
