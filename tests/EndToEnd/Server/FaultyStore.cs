using Microsoft.Extensions.DependencyInjection;
using Orleans.Mail.Storage;
using Orleans.Mail.TestKit.Faults;

namespace Orleans.Mail.EndToEnd.Server;

/// <summary>The embedded store of a server under test behind decorators that fail on demand.</summary>
public sealed class FaultyStore
{
    public FaultyRowStore Rows { get; private set; } = null!;

    public FaultyBodyStore Bodies { get; private set; } = null!;

    /// <summary>Puts the decorators between the server and its store.</summary>
    public void Decorate(IServiceCollection services)
    {
        Decorate<IRowStore>(services, inner => Rows = new FaultyRowStore(inner));
        Decorate<IBodyStore>(services, inner => Bodies = new FaultyBodyStore(inner));
    }

    private static void Decorate<T>(IServiceCollection services, Func<T, T> decorate)
        where T : class
    {
        var inner = services.Single(service => service.ServiceType == typeof(T));
        services.Remove(inner);
        services.AddSingleton(provider => decorate((T)inner.ImplementationFactory!(provider)));
    }
}
