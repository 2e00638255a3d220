using Microsoft.Extensions.Options;
using Orleans.Mail.Storage;

namespace Orleans.Mail.Grains;

/// <summary>
/// A post on its way to the members of its list, step by step: the body that the list sends is made; the entry becomes
/// one of its holders; then page after page of members is served, and the entry says how far it has come. A step may
/// happen twice: every delivery is known by the message and where it goes.
/// </summary>
internal sealed class ListPost(
    IGrainFactory grains,
    ListBody body,
    BodyHolders holders,
    ListDelivery delivery,
    StoreDeadline deadline,
    IOptions<ListOptions> options) : IQueueAttempt
{
    /// <summary>What the cursor of an entry begins with once its body is the list's.</summary>
    private const string Made = "!";

    public TargetKind Kind => TargetKind.List;

    public Task<AttemptResult> TryAsync(QueueEntry entry)
    {
        if (!MailAddress.TryParse(entry.Target.Address, out var list))
            throw new InvalidOperationException($"{entry.Target.Address} is no list's address");
        var header = new ListHeader(list);
        return entry switch
        {
            { Cursor.Length: 0 } => MakeBodyAsync(entry, header),
            { Body.Shared: false } => ShareAsync(entry),
            _ => SendPageAsync(entry, header),
        };
    }

    private async Task<AttemptResult> MakeBodyAsync(QueueEntry entry, ListHeader header)
    {
        var holder = QueueKeys.EntryOf(entry.Target, entry.Id);

        // A large message takes a while, which is nothing for the turns of a grain.
        var made = await Task.Run(() => body.MakeAsync(entry.Body, header, holder));
        return made is { } next
            ? new AttemptResult.Step(entry with { Body = next, Cursor = Made }, Requires: next, Releases: entry.Body)
            : new AttemptResult.Failure("5.4.6 the list has sent this message before: a loop");
    }

    /// <summary>Before anybody else holds the body: or an entry without members left would end as its only holder.</summary>
    private async Task<AttemptResult> ShareAsync(QueueEntry entry)
    {
        var shared = await holders.ShareAsync(entry.Body, [QueueKeys.EntryOf(entry.Target, entry.Id)], deadline.Token);
        return new AttemptResult.Step(entry with { Body = shared });
    }

    private async Task<AttemptResult> SendPageAsync(QueueEntry entry, ListHeader header)
    {
        var list = grains.GetGrain<IMailingListGrain>(entry.Target.Id);
        var page = await list.ListAsync(entry.Cursor[Made.Length..], options.Value.PageSize);
        await delivery.SendAsync(entry, header, list, page.Members);
        return page.Next is { } next ? new AttemptResult.Step(entry with { Cursor = Made + next }) : AttemptResult.Done;
    }
}
