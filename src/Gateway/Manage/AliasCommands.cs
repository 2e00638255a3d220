using Orleans.Mail.Protocols.Manage;

namespace Orleans.Mail.Gateway.Manage;

/// <summary>ALIAS ADD, MOD, LIST and DEL.</summary>
public sealed class AliasCommands(IGrainFactory grains)
{
    public Task<ManageStatus> AddAsync(CommandContext context) =>
        ReplyAsync(context, alias => alias.CreateAsync(TargetOf(context)), ManageTexts.Added);

    public Task<ManageStatus> ModifyAsync(CommandContext context) =>
        ReplyAsync(context, alias => alias.ChangeAsync(TargetOf(context)), ManageTexts.Changed);

    public Task<ManageStatus> DeleteAsync(CommandContext context) =>
        ReplyAsync(context, static alias => alias.DeleteAsync(), ManageTexts.Deleted);

    public async Task<ManageStatus> ListAsync(CommandContext context)
    {
        if (context.Request.Has(ManageKeys.AliasName))
            return await ListOneAsync(context);
        var domain = context.FindDomain(ManageKeys.AliasDomain);
        return await ClusterListing.FindRefusalAsync(context, grains, domain)
            ?? context.Request.Done(ManageTexts.Listed(await ClusterListing.WriteAddressesAsync(context, grains, NameKind.Alias, domain)));
    }

    private static MailAddress NameOf(CommandContext context) => context.AddressOf(ManageKeys.AliasName, ManageKeys.AliasDomain);

    private static AliasTarget TargetOf(CommandContext context) =>
        new(context.FindMailbox(ManageKeys.AliasForward) ?? "", context.Request.Find(ManageKeys.AliasPipe) ?? "");

    /// <summary>The manual's three lines.</summary>
    private async Task<ManageStatus> ListOneAsync(CommandContext context)
    {
        var name = NameOf(context);
        if (await grains.GetGrain<IAliasGrain>(name.Key).ReadAsync() is not { } target)
            return context.Request.Status(ManageEnding.NotFound, ManageTexts.NoAlias(name.Key));
        context.WriteLine($"Name      : {MailAddress.CanonicalLocal(name.Local)}");
        context.WriteLine($"Forward   : {target.Forward}");
        context.WriteLine($"Pipe      : {target.Pipe}");
        return context.Request.Done(ManageTexts.Listed(1));
    }

    private async Task<ManageStatus> ReplyAsync(CommandContext context, Func<IAliasGrain, Task<NameResult>> act, Func<string, string> done)
    {
        var name = NameOf(context);
        return NameReplies.Reply(context.Request, name, await act(grains.GetGrain<IAliasGrain>(name.Key)), ManageTexts.NoAlias, done);
    }
}
