using Microsoft.Extensions.Hosting;

namespace Orleans.Mail.Gateway.Health;

/// <summary>Whether the process serves: started, not stopping, and no part of it in trouble.</summary>
public sealed class ProcessHealth(IHostApplicationLifetime lifetime, IEnumerable<IReadinessCheck> checks)
{
    private readonly IReadinessCheck[] checks = [.. checks];

    /// <summary>Why it does not serve, a line each; none = it does.</summary>
    public IReadOnlyList<string> Troubles()
    {
        // The listeners close only when what runs has ended: by then nobody sends anything here any more.
        if (lifetime.ApplicationStopping.IsCancellationRequested)
            return ["the process is stopping"];
        if (!lifetime.ApplicationStarted.IsCancellationRequested)
            return ["the process is starting"];
        return [.. checks.Select(check => check.Trouble).OfType<string>()];
    }
}
