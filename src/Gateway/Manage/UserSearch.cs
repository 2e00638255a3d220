using Orleans.Mail.Protocols.Manage;

namespace Orleans.Mail.Gateway.Manage;

/// <summary>Finds the users of one name over all domains, and shows them.</summary>
internal sealed class UserSearch(IGrainFactory grains)
{
    /// <summary>How many domains an error lists.</summary>
    private const int DomainsInError = 20;

    /// <summary>The only domain that has the user NAME; null, and the refusal, when there is none or more than one.</summary>
    public async Task<(string? Domain, ManageStatus Refusal)> FindOnlyAsync(CommandContext context)
    {
        var name = context.Request[ManageKeys.User];
        var found = new List<string>();
        await foreach (var (domain, _) in FindAsync(context))
        {
            found.Add(domain);
            if (found.Count > DomainsInError)
                break;
        }

        return found.Count switch
        {
            0 => (null, context.Request.Status(ManageEnding.NotFound, ManageTexts.NoUser(name))),
            1 => (found[0], default),
            _ => (null, context.Request.Status(ManageEnding.Missing, ManageTexts.Ambiguous(name, Join(found)))),
        };
    }

    /// <summary>USER LIST NAME= [DOMAIN=]: a block for each user of that name, parted by empty lines.</summary>
    public async Task<ManageStatus> ListByNameAsync(CommandContext context)
    {
        var found = context.FindDomain(ManageKeys.UserDomain) is { } domain ? FindInAsync(context, [domain]) : FindAsync(context);
        var count = 0;
        await foreach (var (where, account) in found)
        {
            if (count++ > 0)
                context.WriteLine("");
            await WriteBlockAsync(context, context.UserOf(where), account);
            await context.FlushAsync();
        }

        return count > 0
            ? context.Request.Done(ManageTexts.Listed(count))
            : context.Request.Status(ManageEnding.NotFound, ManageTexts.NoUser(context.Request[ManageKeys.User]));
    }

    private async IAsyncEnumerable<(string Domain, Account Account)> FindAsync(CommandContext context)
    {
        await foreach (var page in ClusterListing.DomainPagesAsync(grains))
        {
            await foreach (var found in FindInAsync(context, [.. page.Select(domain => domain.Name)]))
                yield return found;
        }
    }

    /// <summary>Asks all domains of a page at the same time.</summary>
    private async IAsyncEnumerable<(string Domain, Account Account)> FindInAsync(CommandContext context, IReadOnlyList<string> domains)
    {
        var accounts = await Task.WhenAll(domains.Select(domain => grains.GetGrain<IAccountGrain>(context.UserOf(domain).Key).ReadAsync()));
        foreach (var (domain, account) in domains.Zip(accounts))
        {
            if (account is not null)
                yield return (domain, account);
        }
    }

    /// <summary>The manual's seven lines, then ours.</summary>
    private async Task WriteBlockAsync(CommandContext context, MailAddress user, Account account)
    {
        const int Kilobyte = 1024;
        var settings = account.Settings;
        var usage = await grains.GetGrain<IMailboxGrain>(account.MailboxId).ReadUsageAsync();
        var name = MailAddress.CanonicalLocal(user.Local);
        context.WriteLine($"Name : {name}");
        context.WriteLine($"Domain : {user.Domain}");
        context.WriteLine($"Dir : {(settings.Directory.Length > 0 ? settings.Directory : name)}");
        context.WriteLine("Pass : ********");
        context.WriteLine($"Quota : {settings.QuotaKb ?? 0}");
        context.WriteLine($"Forward: {settings.Forward}");
        context.WriteLine($"Copy : {settings.Copy}");
        context.WriteLine($"MaxIn: {settings.MaxInKb ?? 0}");
        context.WriteLine($"MaxOut: {settings.MaxOutKb ?? 0}");
        context.WriteLine($"Used : {(usage.Bytes + Kilobyte - 1) / Kilobyte}");
        context.WriteLine($"Mails: {usage.Messages}");
        context.WriteLine($"State: {(settings.Enabled ? "on" : "off")}");
    }

    private static string Join(List<string> domains) =>
        string.Join(", ", domains.Take(DomainsInError)) + (domains.Count > DomainsInError ? ", ..." : "");
}
