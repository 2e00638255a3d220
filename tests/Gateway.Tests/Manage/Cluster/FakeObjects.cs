using System.Reflection;
using Orleans.Mail.Storage;

namespace Orleans.Mail.Gateway.Tests.Manage;

/// <summary>Answers one method of a wide interface; every other one fails.</summary>
public class OneMethod : DispatchProxy
{
    private string name = "";
    private Func<object?> answer = null!;

    public static T Create<T>(string method, Func<object?> answer)
        where T : class
    {
        var proxy = Create<T, OneMethod>();
        var one = (OneMethod)(object)proxy;
        (one.name, one.answer) = (method, answer);
        return proxy;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
        targetMethod?.Name == name ? answer() : throw new NotSupportedException(targetMethod?.Name);
}

internal static class FakeMailbox
{
    /// <summary>Each mailbox holds two messages of 1,537 bytes together.</summary>
    public static IMailboxGrain Create(string key) =>
        OneMethod.Create<IMailboxGrain>(nameof(IMailboxGrain.ReadUsageAsync), () => Task.FromResult(key.Length > 0 ? new MailboxUsage(2, 1537) : null!));
}

internal static class FakeRouter
{
    /// <summary>Takes mail for the postmaster, or for nobody.</summary>
    public static ISubmissionGrain Create(bool hasPostmaster) => OneMethod.Create<ISubmissionGrain>(
        nameof(ISubmissionGrain.RouteAsync),
        () => Task.FromResult(new Route(hasPostmaster ? RouteVerdict.Accepted : RouteVerdict.NoSuchMailbox, null)));
}

/// <summary>A cluster of one silo, with the cache entries of <see cref="FakeDns"/>.</summary>
public class FakeManagement : DispatchProxy
{
    private Func<IReadOnlyList<string>> entries = static () => [];

    internal static IManagementGrain Create(FakeDns dns)
    {
        var grain = Create<IManagementGrain, FakeManagement>();
        ((FakeManagement)grain).entries = () => dns.Active;
        return grain;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => targetMethod?.Name switch
    {
        nameof(IManagementGrain.GetHosts) => Task.FromResult(new Dictionary<SiloAddress, SiloStatus> { [SiloAddress.Zero] = SiloStatus.Active }),
        nameof(IManagementGrain.GetActiveGrains) => new ValueTask<List<GrainId>>([.. entries().Select(domain => GrainId.Create((GrainType)args![0]!, domain))]),
        _ => throw new NotSupportedException(targetMethod?.Name),
    };
}

internal static class FakeBodies
{
    public static IBodyStore Create() =>
        OneMethod.Create<IBodyStore>(nameof(IBodyStore.ReadUsageAsync), () => new ValueTask<BodyUsage>(new BodyUsage(30, 3000, 4)));
}
