using System.Reflection;

namespace Orleans.Mail.Gateway.Tests.Smtp;

/// <summary>An <see cref="IGrainFactory"/> whose grains are plain objects; it answers <c>GetGrain&lt;T&gt;(key)</c> only.</summary>
public class FakeGrainFactory : DispatchProxy
{
    private Func<Type, object, object> find = null!;

    public static IGrainFactory Create(Func<Type, object, object> find)
    {
        var factory = Create<IGrainFactory, FakeGrainFactory>();
        ((FakeGrainFactory)(object)factory).find = find;
        return factory;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
        targetMethod is { Name: nameof(IGrainFactory.GetGrain), IsGenericMethod: true }
            ? find(targetMethod.GetGenericArguments()[0], args![0]!)
            : throw new NotSupportedException(targetMethod?.Name);
}
