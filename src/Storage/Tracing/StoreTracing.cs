using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;

namespace Orleans.Mail.Storage.Tracing;

/// <summary>Spans around the store's operations. Added only where traces are sent; without them the store is not wrapped.</summary>
public static class StoreTracing
{
    internal static readonly ActivitySource Source = new("mail.store");

    /// <summary>Wraps the <see cref="IRowStore"/> and the <see cref="IBodyStore"/> that were added before.</summary>
    public static IServiceCollection AddStoreTracing(this IServiceCollection services)
    {
        services.Wrap<IRowStore>(static inner => new TracedRowStore(inner));
        services.Wrap<IBodyStore>(static inner => new TracedBodyStore(inner));
        return services;
    }

    internal static void Fail(this Activity? span, Exception failure) => span?.SetStatus(ActivityStatusCode.Error, failure.Message);

    private static void Wrap<T>(this IServiceCollection services, Func<T, T> wrap)
        where T : class
    {
        var inner = services.Last(each => each.ServiceType == typeof(T) && !each.IsKeyedService);
        services.Remove(inner);
        services.AddSingleton(provider => wrap((T)(inner.ImplementationInstance
            ?? inner.ImplementationFactory?.Invoke(provider)
            ?? ActivatorUtilities.CreateInstance(provider, inner.ImplementationType!))));
    }
}
