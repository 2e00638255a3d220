using Orleans.Mail.Gateway.Logins;
using Orleans.Mail.Protocols.Manage;

namespace Orleans.Mail.Gateway.Manage;

/// <summary>USER ADD, MOD, LIST and DEL.</summary>
public sealed class UserCommands(IGrainFactory grains, ScramKeys keys)
{
    private readonly UserSearch search = new(grains);

    public async Task<ManageStatus> AddAsync(CommandContext context)
    {
        var request = context.Request;
        var user = context.UserOf(context.Domain(ManageKeys.UserDomain));
        var name = MailAddress.CanonicalLocal(user.Local);
        var password = request.Find(ManageKeys.Pass) ?? name; // the manual's default
        var settings = new AccountSettings
        {
            Directory = request.Find(ManageKeys.Dir) ?? "",
            QuotaKb = FindGiven(request, ManageKeys.Quota),
            Forward = context.FindMailbox(ManageKeys.Forward) ?? "",
            Copy = context.FindMailbox(ManageKeys.Copy) ?? "",
            MaxInKb = FindGiven(request, ManageKeys.UserMaxIn),
            MaxOutKb = FindGiven(request, ManageKeys.UserMaxOut),
            Enabled = request.FindSwitch(ManageKeys.State) ?? true,
        };
        var verifier = await keys.CreateAsync(password);
        var result = await Account(user).CreateAsync(settings, verifier, IsNameOf(password, user));
        return Reply(request, user, result, ManageTexts.Added);
    }

    public async Task<ManageStatus> ModifyAsync(CommandContext context)
    {
        var request = context.Request;
        var change = Change(context);
        if (change == new AccountChange() && !request.Has(ManageKeys.Pass) && !request.Has(ManageKeys.NewName) && !request.Has(ManageKeys.NewDomain))
            return request.Status(ManageEnding.Missing, ManageTexts.NothingToChange);
        var domain = context.FindDomain(ManageKeys.UserDomain);
        if (domain is null && await search.FindOnlyAsync(context) is var (only, refusal))
        {
            if (only is null)
                return refusal;
            domain = only;
        }

        var user = context.UserOf(domain!);
        var target = CommandContext.AddressOf(request.Find(ManageKeys.NewName) ?? user.Local, context.FindDomain(ManageKeys.NewDomain) ?? user.Domain);
        if (request.Find(ManageKeys.Pass) is { } password)
            change = change with { Verifier = await keys.CreateAsync(password), WeakPassword = IsNameOf(password, user) || IsNameOf(password, target) };
        var result = change == new AccountChange() ? new NameResult(NameOutcome.Done) : await Account(user).ChangeAsync(change);
        if (result.Outcome != NameOutcome.Done || (!request.Has(ManageKeys.NewName) && !request.Has(ManageKeys.NewDomain)))
            return Reply(request, user, result, ManageTexts.Changed);
        result = await Account(user).MoveAsync(target.Key);
        if (result.Outcome == NameOutcome.Done)
            await JudgePasswordAsync(target);
        return Reply(request, result.Outcome == NameOutcome.NotFound ? user : target, result, name => ManageTexts.Moved(user.Key, name));
    }

    public async Task<ManageStatus> ListAsync(CommandContext context)
    {
        if (context.Request.Has(ManageKeys.User))
            return await search.ListByNameAsync(context);
        var domain = context.FindDomain(ManageKeys.UserDomain);
        return await ClusterListing.FindRefusalAsync(context, grains, domain)
            ?? context.Request.Done(ManageTexts.Listed(await ClusterListing.WriteAddressesAsync(context, grains, NameKind.User, domain)));
    }

    public async Task<ManageStatus> DeleteAsync(CommandContext context)
    {
        var user = context.UserOf(context.Domain(ManageKeys.UserDomain));
        return Reply(context.Request, user, await Account(user).DeleteAsync(), ManageTexts.Deleted);
    }

    private static AccountChange Change(CommandContext context) => new()
    {
        Directory = context.Request.Find(ManageKeys.Dir),
        QuotaKb = context.Request.FindNumber(ManageKeys.Quota),
        Forward = context.FindMailbox(ManageKeys.Forward),
        Copy = context.FindMailbox(ManageKeys.Copy),
        MaxInKb = context.Request.FindNumber(ManageKeys.UserMaxIn),
        MaxOutKb = context.Request.FindNumber(ManageKeys.UserMaxOut),
        Enabled = context.Request.FindSwitch(ManageKeys.State),
    };

    /// <summary>Under a new name another password is weak.</summary>
    private async Task JudgePasswordAsync(MailAddress user)
    {
        if (await Account(user).GetLoginAsync() is not { } login)
            return;
        var weak = await keys.MatchAsync(login.Verifier, MailAddress.CanonicalLocal(user.Local));
        if (weak != login.WeakPassword)
            await Account(user).ChangeAsync(new AccountChange { Verifier = login.Verifier, WeakPassword = weak });
    }

    private static ManageStatus Reply(ManageRequest request, MailAddress user, NameResult result, Func<string, string> done) =>
        NameReplies.Reply(request, user, result, ManageTexts.NoUser, done);

    /// <summary>A size for a new user: given with nothing it is as if left out, and the domain's default is copied.</summary>
    private static long? FindGiven(ManageRequest request, ManageKey key) => request.Find(key) is "" ? null : request.FindNumber(key);

    /// <summary>Whether a password is the user's name, alone or with the domain: the first that a stranger tries.</summary>
    private static bool IsNameOf(string password, MailAddress user) =>
        password.Equals(MailAddress.CanonicalLocal(user.Local), StringComparison.OrdinalIgnoreCase) || password.Equals(user.Key, StringComparison.OrdinalIgnoreCase);

    private IAccountGrain Account(MailAddress user) => grains.GetGrain<IAccountGrain>(user.Key);
}
