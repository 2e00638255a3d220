using System.Globalization;
using Orleans.Mail.Protocols.Manage;

namespace Orleans.Mail.Gateway.Manage;

/// <summary>MLIST ADD, MOD, LIST and DEL.</summary>
public sealed class ListCommands(IGrainFactory grains)
{
    public Task<ManageStatus> AddAsync(CommandContext context)
    {
        var settings = new ListSettings(FindAccess(context) ?? ListAccess.Members, FindMembers(context) ?? ListMembers.Any);
        return ReplyAsync(context, list => list.CreateAsync(settings), ManageTexts.Added);
    }

    public async Task<ManageStatus> ModifyAsync(CommandContext context)
    {
        var access = FindAccess(context);
        var members = FindMembers(context);
        if (access is null && members is null)
            return context.Request.Status(ManageEnding.Missing, ManageTexts.NothingToChange);
        return await ReplyAsync(context, list => list.ChangeAsync(access, members), ManageTexts.Changed);
    }

    public async Task<ManageStatus> ListAsync(CommandContext context)
    {
        if (context.Request.Has(ManageKeys.ListName))
            return await ListOneAsync(context);
        var domain = context.FindDomain(ManageKeys.ListDomain);
        if (await ClusterListing.FindRefusalAsync(context, grains, domain) is { } refusal)
            return refusal;
        long count = 0;
        await foreach (var (address, list) in ListDirectory.FindAsync(grains, domain))
        {
            Write(context, address, list);
            count++;
            await context.FlushAsync();
        }

        return context.Request.Done(ManageTexts.Listed(count));
    }

    public async Task<ManageStatus> DeleteAsync(CommandContext context)
    {
        if (context.Request.Has(ManageKeys.ListName))
            return await ReplyAsync(context, static list => list.DeleteAsync(), ManageTexts.Deleted);
        var domain = context.FindDomain(ManageKeys.ListDomain);
        if (await ClusterListing.FindRefusalAsync(context, grains, domain) is { } refusal)
            return refusal;
        long count = 0;
        await foreach (var page in ClusterListing.AddressPagesAsync(grains, NameKind.List, domain))
        {
            foreach (var address in page)
            {
                if ((await grains.GetGrain<IListAddressGrain>(address).DeleteAsync()).Outcome == NameOutcome.Done)
                    count++;
            }
        }

        return context.Request.Done(ManageTexts.DeletedMany(count));
    }

    private static ListAccess? FindAccess(CommandContext context) => (ListAccess?)context.Request.FindChoice(ManageKeys.Access);

    private static ListMembers? FindMembers(CommandContext context) => (ListMembers?)context.Request.FindChoice(ManageKeys.Members);

    private static MailAddress NameOf(CommandContext context) => context.AddressOf(ManageKeys.ListName, ManageKeys.ListDomain);

    private static void Write(CommandContext context, string address, MailingList list) =>
        context.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{address}\t{(int)list.Settings.Access}\t{(int)list.Settings.Members}"));

    private async Task<ManageStatus> ListOneAsync(CommandContext context)
    {
        var name = NameOf(context);
        if (await grains.GetGrain<IListAddressGrain>(name.Key).ReadAsync() is not { } list)
            return context.Request.Status(ManageEnding.NotFound, ManageTexts.NoList(name.Key));
        Write(context, name.Key, list);
        return context.Request.Done(ManageTexts.Listed(1));
    }

    private async Task<ManageStatus> ReplyAsync(CommandContext context, Func<IListAddressGrain, Task<NameResult>> act, Func<string, string> done)
    {
        var name = NameOf(context);
        return NameReplies.Reply(context.Request, name, await act(grains.GetGrain<IListAddressGrain>(name.Key)), ManageTexts.NoList, done);
    }
}
