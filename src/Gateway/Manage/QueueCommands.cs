using Orleans.Mail.Protocols.Manage;

namespace Orleans.Mail.Gateway.Manage;

/// <summary>QUEUE SHOW, RESEND, HOLD, RELEASE and DEL: page by page, so that a million entries fit.</summary>
public sealed class QueueCommands(IGrainFactory grains, TimeProvider time)
{
    private const int PageSize = 500;

    private readonly IQueueManagementGrain queue = grains.GetGrain<IQueueManagementGrain>(0);

    public async Task<ManageStatus> ShowAsync(CommandContext context)
    {
        var filter = FilterOf(context);
        long count = 0;
        for (string? after = ""; after is not null;)
        {
            var page = await queue.ListAsync(filter, after, PageSize);
            foreach (var entry in page.Entries)
                context.WriteLine(QueueLine.Of(entry, time.GetUtcNow()));
            count += page.Entries.Count;
            after = page.Next;
            await context.FlushAsync();
        }

        return context.Request.Done(ManageTexts.Listed(count));
    }

    public Task<ManageStatus> ResendAsync(CommandContext context) => ChangeAsync(context, QueueChange.Resend, ManageTexts.ResentMany);

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
            var page = await queue.ChangeAsync(filter, change, after);
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
