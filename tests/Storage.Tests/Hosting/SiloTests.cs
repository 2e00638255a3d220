using Microsoft.Extensions.DependencyInjection;
using Orleans.Mail.Storage.Tests.Sqlite;
using Orleans.TestingHost;

namespace Orleans.Mail.Storage.Tests;

/// <summary>A silo keeps grain state and reminders in the row store, and finds them after a restart.</summary>
public sealed class SiloTests : IAsyncDisposable
{
    private readonly SqliteStoreUnderTest store = new();

    public ValueTask DisposeAsync() => store.DisposeAsync();

    [Fact]
    public async Task State_and_reminders_are_there_in_the_next_silo()
    {
        await using (var first = await StartAsync())
        {
            var grain = first.Client.GetGrain<ICounterGrain>("a");
            Assert.Equal(1, await grain.IncrementAsync());
            Assert.Equal(2, await grain.IncrementAsync());
            await grain.RemindAsync("r");
        }

        await store.ReopenAsync();
        await using var second = await StartAsync();
        var again = second.Client.GetGrain<ICounterGrain>("a");
        Assert.Equal(3, await again.IncrementAsync());
        Assert.Equal(["r"], await again.RemindersAsync());
        Assert.Equal(1, await second.Client.GetGrain<ICounterGrain>("b").IncrementAsync());
    }

    private async Task<InProcessTestCluster> StartAsync()
    {
        var builder = new InProcessTestClusterBuilder(1);
        builder.ConfigureSilo((_, silo) => silo
            .AddRowStoreGrainStorage("rows")
            .UseRowStoreReminders()
            .Services.AddSingleton(store.Rows));
        var cluster = builder.Build();
        await cluster.DeployAsync();
        return cluster;
    }
}

[Alias("mail.tests.ICounterGrain")]
public interface ICounterGrain : IGrainWithStringKey
{
    [Alias("Increment")]
    Task<int> IncrementAsync();

    [Alias("Remind")]
    Task RemindAsync(string name);

    [Alias("Reminders")]
    Task<IReadOnlyList<string>> RemindersAsync();
}

public sealed class CounterGrain([PersistentState("count", "rows")] IPersistentState<Sample> state) : Grain, ICounterGrain, IRemindable
{
    public async Task<int> IncrementAsync()
    {
        state.State = state.State with { Number = state.State.Number + 1 };
        await state.WriteStateAsync();
        return state.State.Number;
    }

    public Task RemindAsync(string name) => this.RegisterOrUpdateReminder(name, TimeSpan.FromHours(1), TimeSpan.FromHours(1));

    public async Task<IReadOnlyList<string>> RemindersAsync() =>
        [.. (await this.GetReminders()).Select(static reminder => reminder.ReminderName)];

    public Task ReceiveReminder(string reminderName, TickStatus status) => Task.CompletedTask;
}
