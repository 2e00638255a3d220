using System.Reflection;

namespace Orleans.Mail.Gateway.Tests.Manage;

/// <summary>An <see cref="IGrainFactory"/> whose grains are plain objects: it answers <c>GetGrain&lt;T&gt;(key)</c>, and an observer is its own reference.</summary>
public class FakeGrainFactory : DispatchProxy
{
    private Func<Type, object, object> resolve = null!;

    /// <param name="resolve">Returns the object for a grain interface and a key.</param>
    public static IGrainFactory Create(Func<Type, object, object> resolve)
    {
        var factory = Create<IGrainFactory, FakeGrainFactory>();
        ((FakeGrainFactory)(object)factory).resolve = resolve;
        return factory;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
        targetMethod switch
        {
            { Name: nameof(IGrainFactory.GetGrain), IsGenericMethod: true } => resolve(targetMethod.GetGenericArguments()[0], args![0]!),
            { Name: nameof(IGrainFactory.CreateObjectReference) } => args![0],
            _ => throw new NotSupportedException(targetMethod?.Name),
        };
}
