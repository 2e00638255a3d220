using System.Security.Cryptography;
using System.Text;
using Orleans.Mail.Storage;

namespace Orleans.Mail.Grains.Tests;

internal static class Users
{
    /// <summary>A verifier that stands for a password: the grains never look inside.</summary>
    public static ScramVerifier Verifier(string password)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(password));
        return new ScramVerifier(hash[..16], 4096, hash, hash);
    }

    /// <summary>A recipient whose mail goes into one mailbox.</summary>
    public static Recipient Recipient(string address, string mailboxId, long quota = 0, long maxSize = 0) =>
        new(address, [new Target { Kind = TargetKind.Mailbox, Address = address, Id = mailboxId, Quota = quota, MaxSize = maxSize }]);

    /// <summary>An envelope of a message of 23 octets.</summary>
    public static Envelope Envelope(params Recipient[] to) => new("ann@far.test", to, 23, MessageTraits.None);

    public static async Task<string> NewDomainAsync(this MailCluster cluster, DomainSettings? settings = null)
    {
        var domain = $"{cluster.NewName()}.test".ToLowerInvariant();
        Assert.Equal(DomainResult.Done, await cluster.Grains.GetGrain<IDomainGrain>(domain).CreateAsync(settings ?? new DomainSettings()));
        return domain;
    }

    public static async Task<NameOutcome> CreateUserAsync(this MailCluster cluster, string address, AccountSettings? settings = null) =>
        (await cluster.Grains.GetGrain<IAccountGrain>(address).CreateAsync(settings ?? new AccountSettings(), Verifier("secret"), false)).Outcome;

    public static Task<Resolution> ResolveAsync(this MailCluster cluster, string address) =>
        cluster.Grains.GetGrain<IAddressGrain>(address).ResolveAsync();

    /// <summary>All that waits in the queue.</summary>
    public static async Task<IReadOnlyList<QueueEntry>> ReadQueueAsync(this MailCluster cluster)
    {
        var all = new List<QueueEntry>();
        for (string? after = ""; after is not null;)
        {
            var page = await cluster.Grains.GetGrain<IQueueManagementGrain>(0).ListAsync(QueueFilter.All, after, 1000);
            all.AddRange(page.Entries);
            after = page.Next;
        }

        return all;
    }

    /// <summary>What waits in the queue for a target.</summary>
    public static async Task<IReadOnlyList<QueueEntry>> QueueOfAsync(this MailCluster cluster, Target target) =>
        [.. (await cluster.ReadQueueAsync()).Where(entry => entry.Target.Identity == target.Identity)];

    /// <summary>Lets the time of the next attempt come, and waits until nothing waits for the target.</summary>
    public static async Task RetryAsync(this MailCluster cluster, Target target)
    {
        cluster.Time.Advance(TimeSpan.FromHours(5));
        await cluster.Grains.GetGrain<IQueueGrain>(QueueKeys.ShardOf(target, 10)).WakeAsync();
        while ((await cluster.QueueOfAsync(target)).Any(entry => !entry.Failed))
            await Task.Delay(TimeSpan.FromMilliseconds(5), TestContext.Current.CancellationToken);
    }
}
