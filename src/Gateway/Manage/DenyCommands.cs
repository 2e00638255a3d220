using Orleans.Mail.Protocols.Manage;

namespace Orleans.Mail.Gateway.Manage;

/// <summary>DENY ADD, LIST and DEL.</summary>
public sealed class DenyCommands(IGrainFactory grains)
{
    private const int PageSize = 1000;

    private static readonly IReadOnlyList<(DenyKind Kind, ManageKey Entry, ManageKey Every)> Keys =
    [
        (DenyKind.IpIn, ManageKeys.DenyIpIn, ManageKeys.AllIpIn),
        (DenyKind.IpOut, ManageKeys.DenyIpOut, ManageKeys.AllIpOut),
        (DenyKind.DomainIn, ManageKeys.DenyDomainIn, ManageKeys.AllDomainIn),
        (DenyKind.DomainOut, ManageKeys.DenyDomainOut, ManageKeys.AllDomainOut),
        (DenyKind.MailboxIn, ManageKeys.DenyMailboxIn, ManageKeys.AllMailboxIn),
        (DenyKind.MailboxOut, ManageKeys.DenyMailboxOut, ManageKeys.AllMailboxOut),
    ];

    /// <summary>The kind of deny entry that a parameter names; null when it names none.</summary>
    internal static DenyKind? KindOf(ManageKey key)
    {
        foreach (var (kind, entry, _) in Keys)
        {
            if (key == entry)
                return kind;
        }

        return null;
    }

    public async Task<ManageStatus> AddAsync(CommandContext context)
    {
        var (kind, entry) = EntryOf(context.Request)!.Value;
        return await grains.ListOf(kind).AddAsync(entry) switch
        {
            DenyResult.Done => context.Request.Done(ManageTexts.Added(entry)),
            DenyResult.Exists => context.Request.Status(ManageEnding.Exists, ManageTexts.Exists(entry)),
            _ => context.Request.Status(ManageEnding.BadValue, ManageTexts.BadValue(DenyEntry.NameOf(kind), entry, "shorter")),
        };
    }

    public async Task<ManageStatus> ListAsync(CommandContext context)
    {
        var all = context.Request.Has(ManageKeys.All);
        long count = 0;
        foreach (var kind in KindsOf(context.Request))
        {
            var prefix = all ? $"{DenyEntry.NameOf(kind)}: " : "";
            for (string? after = ""; after is not null;)
            {
                var page = await grains.ListOf(kind).ListAsync(after, PageSize);
                foreach (var entry in page.Entries)
                    context.WriteLine(prefix + entry);
                count += page.Entries.Count;
                after = page.Next;
                await context.FlushAsync();
            }
        }

        return context.Request.Done(ManageTexts.Listed(count));
    }

    public Task<ManageStatus> DeleteAsync(CommandContext context) =>
        EntryOf(context.Request) is var (kind, entry) ? DeleteOneAsync(context, kind, entry) : DeleteManyAsync(context);

    private async Task<ManageStatus> DeleteOneAsync(CommandContext context, DenyKind kind, string entry) =>
        await grains.ListOf(kind).RemoveAsync(entry) == DenyResult.Done
            ? context.Request.Done(ManageTexts.Deleted(entry))
            : context.Request.Status(ManageEnding.NotFound, ManageTexts.NoEntry(entry));

    private async Task<ManageStatus> DeleteManyAsync(CommandContext context)
    {
        long count = 0;
        foreach (var kind in KindsOf(context.Request))
        {
            while (await grains.ListOf(kind).RemoveSomeAsync() is > 0 and var removed)
                count += removed;
        }

        return context.Request.Done(ManageTexts.DeletedMany(count));
    }

    /// <summary>The one entry that was given; null when it was a flag. <see cref="ValueRules"/> has let it through.</summary>
    private static (DenyKind Kind, string Entry)? EntryOf(ManageRequest request)
    {
        foreach (var (kind, key, _) in Keys)
        {
            if (request.Find(key) is { } text && DenyEntry.TryNormalize(kind, text, out var entry))
                return (kind, entry);
        }

        return null;
    }

    private static IEnumerable<DenyKind> KindsOf(ManageRequest request) =>
        Keys.Where(each => request.Has(ManageKeys.All) || request.Has(each.Every)).Select(each => each.Kind);
}
