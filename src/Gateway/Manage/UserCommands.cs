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
        var result = await Account(user).CreateAsync(settings, verifier, IsWeak(password, name));
        return Reply(request, user, result, ManageTexts.Added(user.Key));
    }

    public async Task<ManageStatus> ModifyAsync(CommandContext context)
    {
        var request = context.Request;
        var change = Change(context);
        if (change == new AccountChange() && !request.Has(ManageKeys.Pass))
            return request.Status(ManageEnding.Missing, ManageTexts.NothingToChange);
        var domain = context.FindDomain(ManageKeys.UserDomain);
        if (domain is null && await search.FindOnlyAsync(context) is var (only, refusal))
        {
            if (only is null)
                return refusal;
            domain = only;
        }

        var user = context.UserOf(domain!);
        if (request.Find(ManageKeys.Pass) is { } password)
        {
            var verifier = await keys.CreateAsync(password);
            change = change with { Verifier = verifier, WeakPassword = IsWeak(password, MailAddress.CanonicalLocal(user.Local)) };
        }

        return Reply(request, user, await Account(user).ChangeAsync(change), ManageTexts.Changed(user.Key));
    }

    public Task<ManageStatus> ListAsync(CommandContext context)
    {
        if (context.Request.Has(ManageKeys.User))
            return search.ListByNameAsync(context);
        return context.FindDomain(ManageKeys.UserDomain) is { } domain ? ListDomainAsync(context, domain) : ListAllAsync(context);
    }

    public async Task<ManageStatus> DeleteAsync(CommandContext context)
    {
        var user = context.UserOf(context.Domain(ManageKeys.UserDomain));
        return Reply(context.Request, user, await Account(user).DeleteAsync(), ManageTexts.Deleted(user.Key));
    }

    private async Task<ManageStatus> ListAllAsync(CommandContext context)
    {
        long count = 0;
        await foreach (var page in ClusterListing.DomainPagesAsync(grains))
        {
            foreach (var domain in page)
                count += await WriteUsersAsync(context, domain.Name);
        }

        return context.Request.Done(ManageTexts.Listed(count));
    }

    private async Task<ManageStatus> ListDomainAsync(CommandContext context, string domain)
    {
        if (await grains.GetGrain<IDomainGrain>(domain).ReadAsync() is null)
            return context.Request.Status(ManageEnding.NotFound, ManageTexts.NoDomain(domain));
        return context.Request.Done(ManageTexts.Listed(await WriteUsersAsync(context, domain)));
    }

    private async Task<long> WriteUsersAsync(CommandContext context, string domain)
    {
        long count = 0;
        await foreach (var page in ClusterListing.NamePagesAsync(grains, domain))
        {
            foreach (var name in page.Where(name => name.Kind == NameKind.User))
            {
                context.WriteLine($"{name.Local}@{domain}");
                count++;
            }

            await context.FlushAsync();
        }

        return count;
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

    private static ManageStatus Reply(ManageRequest request, MailAddress user, NameResult result, string done) => result.Outcome switch
    {
        NameOutcome.Done => request.Done(done),
        NameOutcome.NotFound => request.Status(ManageEnding.NotFound, ManageTexts.NoUser(user.Key)),
        NameOutcome.Exists => request.Status(ManageEnding.Exists, ManageTexts.Exists(user.Key)),
        NameOutcome.NoDomain => request.Status(ManageEnding.NotFound, ManageTexts.NoDomain(user.Domain)),
        NameOutcome.DomainFull => request.Status(ManageEnding.NotAllowed, ManageTexts.DomainFull(user.Domain)),
        _ => throw new InvalidOperationException($"unknown outcome {result.Outcome}"),
    };

    /// <summary>A size for a new user: given with nothing it is as if left out, and the domain's default is copied.</summary>
    private static long? FindGiven(ManageRequest request, ManageKey key) => request.Find(key) is "" ? null : request.FindNumber(key);

    private static bool IsWeak(string password, string name) => password.Equals(name, StringComparison.OrdinalIgnoreCase);

    private IAccountGrain Account(MailAddress user) => grains.GetGrain<IAccountGrain>(user.Key);
}
