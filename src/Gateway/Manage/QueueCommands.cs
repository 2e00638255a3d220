using Orleans.Mail.Protocols.Manage;

namespace Orleans.Mail.Gateway.Manage;

/// <summary>QUEUE SHOW, RESEND, HOLD, RELEASE and DEL: page by page, so that a million entries fit.</summary>
public sealed class QueueCommands(IGrainFactory grains, DnsCommands dns, TimeProvider time)
{
    private const int PageSize = 500;

    private IQueueManagementGrain Queue => grains.GetGrain<IQueueManagementGrain>(0);

    public async Task<ManageStatus> ShowAsync(CommandContext context)
    {
        var filter = FilterOf(context);
        long count = 0;
        for (string? after = ""; after is not null;)
        {
            var page = await Queue.ListAsync(filter, after, PageSize);
            foreach (var entry in page.Entries)
                context.WriteLine(QueueLine.Of(entry, time.GetUtcNow()));
            count += page.Entries.Count;
            after = page.Next;
            await context.FlushAsync();
        }

        return context.Request.Done(ManageTexts.Listed(count));
    }

    /// <summary>Whoever sends again has a reason to believe that it works now: hosts that rest after failures are dialled, too.</summary>
    public async Task<ManageStatus> ResendAsync(CommandContext context)
    {
        var filter = FilterOf(context);
        var domain = filter.Mailbox.Length > 0 ? filter.Mailbox[(filter.Mailbox.LastIndexOf('@') + 1)..] : filter.Domain;
        await dns.ForgetAsync(domain.Length > 0 ? domain : null);
        return await ChangeAsync(context, QueueChange.Resend, ManageTexts.ResentMany);
    }

    public Task<ManageStatus> HoldAsync(CommandContext context) => ChangeAsync(context, QueueChange.Hold, ManageTexts.HeldMany);

    public Task<ManageStatus> ReleaseAsync(CommandContext context) => ChangeAsync(context, QueueChange.Release, ManageTexts.ReleasedMany);

    public Task<ManageStatus> DeleteAsync(CommandContext context) => ChangeAsync(
        context,
        context.Request.Has(ManageKeys.NoReport) ? QueueChange.DeleteSilently : QueueChange.Delete,
        ManageTexts.DeletedMany);

    private async Task<ManageStatus> ChangeAsync(CommandContext context, QueueChange change, Func<long, string> text)
    {
        var filter = FilterOf(context);
        long count = 0;
        for (string? after = ""; after is not null;)
        {
            var page = await Queue.ChangeAsync(filter, change, after);
            count += page.Count;
            after = page.Next;
        }

        return context.Request.Done(text(count));
    }

    /// <summary>What the one parameter names; <see cref="ValueRules"/> has let it through.</summary>
    private static QueueFilter FilterOf(CommandContext context) => new()
    {
        Mailbox = context.FindMailbox(ManageKeys.QueueMailbox) ?? "",
        Domain = context.FindDomain(ManageKeys.QueueDomain) ?? "",
        Sender = context.FindMailbox(ManageKeys.QueueSender) ?? "",
        Id = context.FindMessage(),
    };
}
