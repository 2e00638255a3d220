using Microsoft.Extensions.Hosting;
using Orleans.Mail.Gateway.Health;

namespace Orleans.Mail.Gateway.Tests.Health;

public sealed class ProcessHealthTests : IDisposable
{
    private readonly Lifetime lifetime = new();
    private readonly Part part = new();

    public void Dispose() => lifetime.Dispose();

    [Fact]
    public void A_process_is_ready_from_when_all_has_started_until_it_is_told_to_stop()
    {
        var health = new ProcessHealth(lifetime, [part]);
        Assert.Equal(["the process is starting"], health.Troubles());

        lifetime.Started.Cancel();
        Assert.Empty(health.Troubles());

        lifetime.Stopping.Cancel();
        Assert.Equal(["the process is stopping"], health.Troubles());
    }

    [Fact]
    public void A_part_in_trouble_makes_it_not_ready_for_so_long()
    {
        var health = new ProcessHealth(lifetime, [part, new Part()]);
        lifetime.Started.Cancel();

        part.Trouble = "the cluster has not answered for 31 s";
        Assert.Equal(["the cluster has not answered for 31 s"], health.Troubles());

        part.Trouble = null;
        Assert.Empty(health.Troubles());
    }

    private sealed class Part : IReadinessCheck
    {
        public string? Trouble { get; set; }
    }

    private sealed class Lifetime : IHostApplicationLifetime, IDisposable
    {
        public CancellationTokenSource Started { get; } = new();

        public CancellationTokenSource Stopping { get; } = new();

        public CancellationToken ApplicationStarted => Started.Token;

        public CancellationToken ApplicationStopping => Stopping.Token;

        public CancellationToken ApplicationStopped => CancellationToken.None;

        public void StopApplication() => Stopping.Cancel();

        public void Dispose()
        {
            Started.Dispose();
            Stopping.Dispose();
        }
    }
}
