using System.Globalization;
using Orleans.Mail.Protocols.Manage;

namespace Orleans.Mail.Gateway.Manage;

/// <summary>MLISTUSER ADD, MOD, LIST and DEL.</summary>
public sealed class MemberCommands(IGrainFactory grains)
{
    private const int MembersPerPage = 1000;

    public async Task<ManageStatus> AddAsync(CommandContext context)
    {
        if (await FindListAsync(context) is not var (list, name))
            return NoList(context);
        var member = MemberOf(context);
        if (await FindRefusalAsync(context, list, name, member.Address) is { } refusal)
            return refusal;
        var outcome = await Members(list).AddAsync(member);
        return Reply(context, outcome, member.Address, name, ManageTexts.MemberAdded);
    }

    public async Task<ManageStatus> ModifyAsync(CommandContext context)
    {
        if (await FindListAsync(context) is not var (list, name))
            return NoList(context);
        var member = MemberOf(context);
        var outcome = await Members(list).ChangeAsync(member);
        return Reply(context, outcome, member.Address, name, ManageTexts.MemberChanged);
    }

    public async Task<ManageStatus> ListAsync(CommandContext context)
    {
        long count = 0;
        if (context.Request.Has(ManageKeys.All))
        {
            await foreach (var (address, each) in ListDirectory.FindAsync(grains, domain: null))
                count += await WriteAsync(context, address, each);
            return context.Request.Done(ManageTexts.Listed(count));
        }

        if (await FindListAsync(context) is not var (list, name))
            return NoList(context);
        count = await WriteAsync(context, name.Key, list);
        return context.Request.Done(ManageTexts.Listed(count));
    }

    public async Task<ManageStatus> DeleteAsync(CommandContext context)
    {
        if (context.Request.Has(ManageKeys.All))
            return await EmptyAllAsync(context);
        if (await FindListAsync(context) is not var (list, name))
            return NoList(context);
        if (context.FindMailbox(ManageKeys.Member) is { } member)
            return Reply(context, await Members(list).RemoveAsync(member), member, name, ManageTexts.MemberDeleted);
        await Members(list).ClearAsync(forEver: false);
        return context.Request.Done(ManageTexts.Emptied(name.Key));
    }

    private static MailAddress NameOf(CommandContext context) => context.AddressOf(ManageKeys.MemberList, ManageKeys.MemberListDomain);

    private static ListMember MemberOf(CommandContext context) =>
        new(context.FindMailbox(ManageKeys.Member)!, (MemberType?)context.Request.FindChoice(ManageKeys.MemberType) ?? MemberType.Member);

    private static ManageStatus NoList(CommandContext context) =>
        context.Request.Status(ManageEnding.NotFound, ManageTexts.NoList(NameOf(context).Key));

    private static ManageStatus Reply(
        CommandContext context, NameOutcome outcome, string member, MailAddress list, Func<string, string, string> done) => outcome switch
        {
            NameOutcome.Done => context.Request.Done(done(member, list.Key)),
            NameOutcome.Exists => context.Request.Status(ManageEnding.Exists, ManageTexts.MemberAlready(member, list.Key)),
            _ when context.Request.Command == ManageTable.MemberAdd => NoList(context), // deleted meanwhile
            _ => context.Request.Status(ManageEnding.NotFound, ManageTexts.NoMember(member, list.Key)),
        };

    private IMailingListGrain Members(MailingList list) => grains.GetGrain<IMailingListGrain>(list.ListId);

    private async Task<(MailingList List, MailAddress Name)?> FindListAsync(CommandContext context)
    {
        var name = NameOf(context);
        return await grains.GetGrain<IListAddressGrain>(name.Key).ReadAsync() is { } list ? (list, name) : null;
    }

    /// <summary>MEMBERS: whether the address may be a member.</summary>
    private async Task<ManageStatus?> FindRefusalAsync(CommandContext context, MailingList list, MailAddress name, string member)
    {
        var domain = member[(member.LastIndexOf('@') + 1)..];
        return list.Settings.Members switch
        {
            ListMembers.OwnDomain when domain != name.Domain =>
                context.Request.Status(ManageEnding.NotAllowed, ManageTexts.NotOwn(member, name.Key)),
            ListMembers.LocalDomains when await grains.GetGrain<IDomainGrain>(domain).ReadAsync() is null =>
                context.Request.Status(ManageEnding.NotAllowed, ManageTexts.NotLocal(member, name.Key)),
            _ => null,
        };
    }

    private async Task<long> WriteAsync(CommandContext context, string address, MailingList list)
    {
        long count = 0;
        for (string? after = ""; after is not null;)
        {
            var page = await Members(list).ListAsync(after, MembersPerPage);
            foreach (var member in page.Members)
                context.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{member.Address}\t{(int)member.Type}\t{address}\t{member.Bounces}"));
            count += page.Members.Count;
            await context.FlushAsync();
            after = page.Next;
        }

        return count;
    }

    private async Task<ManageStatus> EmptyAllAsync(CommandContext context)
    {
        long count = 0;
        await foreach (var (_, list) in ListDirectory.FindAsync(grains, domain: null))
        {
            await Members(list).ClearAsync(forEver: false);
            count++;
        }

        return context.Request.Done(ManageTexts.EmptiedMany(count));
    }
}
