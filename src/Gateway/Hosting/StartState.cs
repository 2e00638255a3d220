using Microsoft.Extensions.Hosting;

namespace Orleans.Mail.Gateway.Hosting;

/// <summary>How far the start of the process is. The log asks, which is there before the host is.</summary>
internal sealed class StartState
{
    private IHostApplicationLifetime? lifetime;

    /// <summary>The process was told to stop before it had started.</summary>
    public bool IsBrokenOff => lifetime is { ApplicationStopping.IsCancellationRequested: true, ApplicationStarted.IsCancellationRequested: false };

    public void Watch(IHostApplicationLifetime host) => lifetime = host;
}
