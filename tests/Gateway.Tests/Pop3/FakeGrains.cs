using System.Reflection;

namespace Orleans.Mail.Gateway.Tests.Pop3;

/// <summary>A grain factory that hands out the objects it was given; an account that is not there is nobody's.</summary>
public class FakeGrains : DispatchProxy
{
    private readonly Dictionary<(Type Kind, string Key), object> grains = [];
    private readonly Dictionary<Type, Func<string, object>> families = [];

    public static (IGrainFactory Factory, FakeGrains Grains) Create()
    {
        var factory = Create<IGrainFactory, FakeGrains>();
        return (factory, (FakeGrains)(object)factory);
    }

    public void Add<T>(string key, T grain)
        where T : class => grains[(typeof(T), key)] = grain;

    /// <summary>Lets <paramref name="find"/> answer for every key of a kind.</summary>
    public void AddAll<T>(Func<string, T> find)
        where T : class => families[typeof(T)] = find;

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        if (targetMethod is not { Name: "GetGrain", IsGenericMethod: true } || args is not [string key, ..])
            throw new NotSupportedException($"{targetMethod?.Name} is not expected here");
        var kind = targetMethod.GetGenericArguments()[0];
        if (grains.TryGetValue((kind, key), out var grain))
            return grain;
        if (families.TryGetValue(kind, out var find))
            return find(key);
        return kind == typeof(IAccountGrain) ? new FakeAccount(null) : throw new InvalidOperationException($"no {kind.Name} {key}");
    }
}
