using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Orleans.Mail.Gateway.Pop3;

/// <summary>
/// The mailboxes that the sessions of this gateway hold. One clock keeps all their leases: each is renewed
/// <see cref="Period"/> after it was granted or renewed, so the calls spread as the logins did.
/// </summary>
public sealed partial class OpenMailboxes(TimeProvider time, ILogger<OpenMailboxes> logger) : IHostedService
{
    /// <summary>How often a lease is renewed; the mailbox gives it up after a minute without.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(20);

    /// <summary>How soon a renewal that failed is tried again.</summary>
    public static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(1);

    // When the next renewal is due, as a timestamp; never while one is under way.
    private readonly ConcurrentDictionary<OpenMailbox, long> dues = new();

    private ITimer? clock;

    /// <summary>Mailboxes that are held.</summary>
    public int Count => dues.Count;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        clock = time.CreateTimer(_ => RenewDue(), null, Beat, Beat);
        return Task.CompletedTask;
    }

    /// <summary>Stops the clock; the sessions themselves give their mailboxes back.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (clock is not null)
            await clock.DisposeAsync();
    }

    internal void Add(OpenMailbox mailbox) => dues[mailbox] = In(Period);

    internal void Remove(OpenMailbox mailbox) => dues.TryRemove(mailbox, out _);

    // Renewals run beside each other: one mailbox that does not answer keeps no other waiting.
    private void RenewDue()
    {
        var now = time.GetTimestamp();
        foreach (var (mailbox, due) in dues)
        {
            if (due <= now && dues.TryUpdate(mailbox, long.MaxValue, due))
                _ = RenewAsync(mailbox);
        }
    }

    private async Task RenewAsync(OpenMailbox mailbox)
    {
        try
        {
            await mailbox.RenewAsync();
            dues.TryUpdate(mailbox, In(Period), long.MaxValue);
        }
        catch (Exception exception)
        {
            LogNotRenewed(exception);
            dues.TryUpdate(mailbox, In(RetryAfter), long.MaxValue);
        }
    }

    private long In(TimeSpan span) => time.GetTimestamp() + (long)(span.TotalSeconds * time.TimestampFrequency);

    [LoggerMessage(300, LogLevel.Warning, "the lease of a mailbox was not renewed; it is tried again")]
    private partial void LogNotRenewed(Exception exception);
}
