using Microsoft.Extensions.DependencyInjection;
using Orleans.Messaging;
using Orleans.Runtime.Hosting;
using Orleans.Serialization.Serializers;
using Orleans.Storage;

namespace Orleans.Mail.Storage;

/// <summary>Orleans' own needs over the <see cref="IRowStore"/> of the container.</summary>
public static class RowStoreHostingExtensions
{
    /// <summary>Keeps grain state in the row store, under the provider name <paramref name="name"/>.</summary>
    public static ISiloBuilder AddRowStoreGrainStorage(this ISiloBuilder builder, string name)
    {
        builder.Services.AddRowStoreGrainStorage(name);
        return builder;
    }

    /// <inheritdoc cref="AddRowStoreGrainStorage(ISiloBuilder, string)"/>
    public static IServiceCollection AddRowStoreGrainStorage(this IServiceCollection services, string name) =>
        services.AddGrainStorage(name, static (provider, _) => new RowStoreGrainStorage(
            provider.GetRequiredService<IRowStore>(),
            provider.GetRequiredService<IGrainStorageSerializer>(),
            provider.GetRequiredService<IActivatorProvider>()));

    /// <summary>Keeps reminders in the row store.</summary>
    public static ISiloBuilder UseRowStoreReminders(this ISiloBuilder builder)
    {
        builder.Services.UseRowStoreReminders();
        return builder;
    }

    /// <inheritdoc cref="UseRowStoreReminders(ISiloBuilder)"/>
    public static IServiceCollection UseRowStoreReminders(this IServiceCollection services)
    {
        services.AddReminders();
        return services.AddSingleton<IReminderTable, RowStoreReminderTable>();
    }

    /// <summary>Keeps the membership of the cluster (<see cref="Configuration.ClusterOptions.ClusterId"/>) in the row store.</summary>
    public static ISiloBuilder UseRowStoreClustering(this ISiloBuilder builder)
    {
        builder.Services.AddSingleton<IMembershipTable, RowStoreMembershipTable>();
        return builder;
    }

    /// <summary>Finds the silos of the cluster (<see cref="Configuration.ClusterOptions.ClusterId"/>) in the row store.</summary>
    public static IClientBuilder UseRowStoreClustering(this IClientBuilder builder)
    {
        builder.Services.AddSingleton<IGatewayListProvider, RowStoreGatewayList>();
        return builder;
    }
}
