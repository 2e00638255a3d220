using Orleans.Mail.Storage.Tests.Azure;
using Orleans.Mail.TestKit.Azurite;

[assembly: AssemblyFixture(typeof(AzuriteFixture))]

namespace Orleans.Mail.Storage.Tests.Azure;

/// <summary>One emulator in memory for all tests of the assembly; it starts when the first of them needs it.</summary>
public sealed class AzuriteFixture : IAsyncDisposable
{
    private readonly Lazy<Task<AzuriteServer>> server = new(() => AzuriteServer.StartAsync(null, CancellationToken.None));

    public Task<AzuriteServer> GetAsync() => server.Value;

    public async ValueTask DisposeAsync()
    {
        if (server.IsValueCreated)
            await (await server.Value).DisposeAsync();
    }
}
