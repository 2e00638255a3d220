using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Mail.EndToEnd.Server;
using Orleans.Mail.Gateway;
using Orleans.Mail.Gateway.Hosting;
using Orleans.Mail.Silo;

namespace Orleans.Mail.EndToEnd.Cluster;

/// <summary>A process that is told to stop while it waits for what it needs: that is no failure.</summary>
public sealed class StoppedStartTests : IAsyncDisposable
{
    private const string Nowhere = "AccountName=nobody;AccountKey=bm9uZQ==;TableEndpoint=http://127.0.0.1:1/nobody;BlobEndpoint=http://127.0.0.1:1/nobody";

    private readonly TemporaryFolder folder = new();
    private readonly SharedStore store = new();

    public async ValueTask DisposeAsync()
    {
        await store.DisposeAsync();
        folder.Dispose();
    }

    [Fact]
    public async Task A_gateway_that_waits_for_a_silo_says_one_line_and_ends_with_0()
    {
        store.Change = services => StopAt("no silo answers yet", services);

        var lines = await RunAsync(_ => store.BuildGateway($"--DIR_LOG={folder.Path}"));

        Assert.Equal(2, lines.Length);
        Assert.Contains(" WRN no silo answers yet", lines[0], StringComparison.Ordinal);
        Assert.EndsWith(" INF told to stop before it was ready", lines[1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_process_that_waits_for_its_store_says_one_line_and_ends_with_0(bool isSilo)
    {
        string[] arguments =
        [
            .. ServerUnderTest.Arguments(folder.Path), "--Silo:Address=127.0.0.1", "--Silo:Port=0", "--Silo:GatewayPort=0",
            "--Storage:Provider=azure", $"--Storage:ConnectionString={Nowhere}", $"--DIR_LOG={folder.Path}",
        ];
        const string Wait = "the storage account is away, the start waits for it";

        var lines = await RunAsync(_ => isSilo
            ? MailServer.Build(arguments, services => StopAt(Wait, services))
            : GatewayServer.Build(arguments, services => StopAt(Wait, services)));

        Assert.EndsWith(" INF told to stop before it was ready", lines[^1], StringComparison.Ordinal);
        Assert.DoesNotContain(lines, line => line.Contains(" ERR ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_start_that_fails_before_the_silo_is_up_ends_with_1()
    {
        var code = await MailProcess.RunAsync(
            [], _ => MailServer.Build(ServerUnderTest.Arguments(folder.Path), services => services.AddHostedService(_ => new FailingStart())));

        Assert.Equal(1, code);
    }

    private async Task<string[]> RunAsync(Func<string[], MailProcess> build)
    {
        Assert.Equal(0, await MailProcess.RunAsync([], build).WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken));
        return await File.ReadAllLinesAsync(Assert.Single(Directory.GetFiles(folder.Path, "*.log")), TestContext.Current.CancellationToken);
    }

    /// <summary>Stops the process, as SIGTERM does, when its log says <paramref name="text"/>.</summary>
    private static void StopAt(string text, IServiceCollection services) =>
        services.AddSingleton<ILoggerProvider>(provider => new StoppingLog(text, provider));

    private sealed class FailingStart : IHostedLifecycleService
    {
        public Task StartingAsync(CancellationToken cancellationToken) => Task.FromException(new IOException("the test fails the start"));

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    private sealed class StoppingLog(string awaited, IServiceProvider services) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (formatter(state, exception).StartsWith(awaited, StringComparison.Ordinal))
                _ = Task.Run(services.GetRequiredService<IHostApplicationLifetime>().StopApplication);
        }

        public void Dispose()
        {
            // Nothing is kept.
        }
    }
}
