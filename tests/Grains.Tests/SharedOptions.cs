using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Orleans.Mail.Grains.Tests;

/// <summary>Our options, one instance for all silos of a cluster: what a test changes holds wherever a grain is.</summary>
internal sealed class SharedOptions
{
    private readonly ConcurrentDictionary<Type, object> values = new();

    public void AddTo(IServiceCollection silo) => silo.AddSingleton(this).AddSingleton(typeof(IOptions<>), typeof(Shared<>));

    private sealed class Shared<T>(SharedOptions shared, IOptionsFactory<T> factory) : IOptions<T>
        where T : class
    {
        private readonly Lazy<T> value = new(() => IsOurs
            ? (T)shared.values.GetOrAdd(typeof(T), static (_, factory) => factory.Create(Options.DefaultName), factory)
            : factory.Create(Options.DefaultName));

        public T Value => value.Value;

        private static bool IsOurs => typeof(T).Namespace!.StartsWith("Orleans.Mail", StringComparison.Ordinal);
    }
}
