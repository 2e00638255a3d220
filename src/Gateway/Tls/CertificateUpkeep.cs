using Microsoft.Extensions.Hosting;

namespace Orleans.Mail.Gateway.Tls;

/// <summary>
/// Looks at the certificate files every few seconds, and once a day at how long the certificates last. The contents are
/// compared, so it does not matter how a file is replaced: written over, renamed, or by a link that points elsewhere.
/// </summary>
internal sealed class CertificateUpkeep(ServerCertificates certificates, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan WarningPeriod = TimeSpan.FromDays(1);

    private DateTimeOffset warned = time.GetUtcNow(); // at the start all warnings are logged anyway

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!certificates.IsAvailable)
            return;
        using var timer = new PeriodicTimer(certificates.Options.ReloadPeriod, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            certificates.Refresh();
            if (time.GetUtcNow() - warned < WarningPeriod)
                continue;
            warned = time.GetUtcNow();
            certificates.Warn();
        }
    }
}
