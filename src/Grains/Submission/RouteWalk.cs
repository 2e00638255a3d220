namespace Orleans.Mail.Grains;

/// <summary>
/// One recipient's way: user, alias, list, <c>user+detail</c>, postmaster, the domain's default mailbox, and on from
/// there, hop by hop, to the targets.
/// </summary>
internal sealed class RouteWalk(Router router, RouteRequest request, bool isPost)
{
    private const string Postmaster = "postmaster";
    private const long Kilobyte = 1024;

    private readonly List<Target> targets = [];
    private RouteVerdict? refusal;
    private int visits;

    private SubmissionOptions Options => router.Options;

    public async ValueTask StartAsync()
    {
        // What was ours when the gateway looked, and is no longer, is not relayed for it.
        if (MailAddress.TryParse(request.Recipient, out var address) && !isPost && await router.Domains.FindAsync(address.Domain) is null)
            Refuse(RouteVerdict.NoSuchMailbox, isCopy: false);
        else if (address is not null)
            await FollowAsync(address, before: null, isCopy: false);
        else if (Options.Postmaster is { } postmaster) // bare, or of a domain that is not ours
            await FollowAsync(postmaster, before: null, isCopy: false);
        else
            Refuse(RouteVerdict.NoSuchMailbox, isCopy: false);
    }

    /// <summary>Taken, when at least one target is left that is no copy; copies alone suffice when the rest was skipped as a loop.</summary>
    public Route Conclude()
    {
        var taken = targets.Exists(target => !target.IsCopy) || (targets.Count > 0 && refusal == RouteVerdict.Loop);
        return taken
            ? new Route(RouteVerdict.Accepted, new Recipient(request.Recipient, targets))
            : new Route(refusal ?? RouteVerdict.Loop, null);
    }

    /// <summary>Goes to an address. Returns the key that stopped it because it was passed already, else null.</summary>
    private async ValueTask<string?> FollowAsync(MailAddress address, RouteStep? before, bool isCopy)
    {
        if (before?.Hops >= Options.MaxHops || ++visits > Options.MaxVisits)
        {
            Refuse(RouteVerdict.Loop, isCopy);
            return null;
        }

        if (await router.Domains.FindAsync(address.Domain) is not { } domain)
        {
            await AddRemoteAsync(address, before, isCopy);
            return null;
        }

        var (key, name) = await FindAsync(address);
        if (before?.HasPassed(key) == true)
        {
            Refuse(RouteVerdict.Loop, isCopy);
            return key;
        }

        var step = new RouteStep(key, address, isCopy, before?.MaxSize ?? 0, before).Within(domain.MaxInKb * Kilobyte);
        await VisitAsync(name, step, domain);
        return null;
    }

    /// <summary>What the address is: the name itself, else the user or alias before its first plus.</summary>
    private async ValueTask<(string Key, Resolution Name)> FindAsync(MailAddress address)
    {
        var name = await ResolveAsync(address.Key);
        var plus = address.Local.IndexOf('+', StringComparison.Ordinal);
        if (name.Kind == NameKind.None && Options.Detail && plus > 0 && MailAddress.TryCreate(address.Local[..plus], address.Domain, out var user))
        {
            var found = await ResolveAsync(user.Key);
            if (found.Kind is NameKind.User or NameKind.Alias)
                return (user.Key, found);
        }

        return (address.Key, name);
    }

    private Task<Resolution> ResolveAsync(string key) => router.Grains.GetGrain<IAddressGrain>(key).ResolveAsync();

    private async ValueTask VisitAsync(Resolution name, RouteStep step, DomainSettings domain)
    {
        switch (name)
        {
            case { Refused: true }:
                Refuse(RouteVerdict.Off, step.IsCopy);
                break;
            case { Kind: NameKind.User }:
                await VisitUserAsync(name, step.Within(name.MaxIn));
                break;
            case { Kind: NameKind.Alias, Pipe.Length: > 0 }:
                Add(step, new Target { Kind = TargetKind.Pipe, Address = step.Address.ToString(), Id = name.Pipe });
                break;
            case { Kind: NameKind.Alias }:
                await PassOnAsync(name.Forward, step);
                break;
            case { Kind: NameKind.List }:
                await PostAsync(name, step);
                break;
            case { Kind: NameKind.ListOwner }:
                await VisitOwnersAsync(name, step);
                break;
            default:
                await VisitNobodyAsync(step, domain);
                break;
        }
    }

    /// <summary>With FORWARD it goes there instead, unless that is the user; with COPY it goes there, too; with both nothing is stored.</summary>
    private async ValueTask VisitUserAsync(Resolution user, RouteStep step)
    {
        var kept = user.Forward.Length == 0 || IsSelf(user.Forward, step) || await TryPassOnAsync(user.Forward, step, step.IsCopy) == step.Key;
        if (kept)
            await AddMailboxAsync(user, step);
        if (user.Copy.Length > 0)
            await TryPassOnAsync(user.Copy, step, isCopy: true);
    }

    private static bool IsSelf(string forward, RouteStep step) => MailAddress.TryParse(forward, out var address) && address.Key == step.Key;

    private async ValueTask VisitOwnersAsync(Resolution owners, RouteStep step)
    {
        if (request.Sender.Length == 0)
        {
            Add(step, new Target { Kind = TargetKind.ListBounce, Address = step.Address.ToString(), Id = owners.Id });
            return;
        }

        var administrators = await router.Grains.GetGrain<IMailingListGrain>(owners.Id).ReadAdministratorsAsync();
        foreach (var administrator in administrators)
            await PassOnAsync(administrator, step);
        if (administrators.Count == 0)
            await PassOnToPostmasterAsync(step);
    }

    private async ValueTask VisitNobodyAsync(RouteStep step, DomainSettings domain)
    {
        if (await router.Senders.ReverseAsync(step.Address) is { } rewritten)
        {
            if (rewritten.Original is { } original)
                await FollowAsync(original, step, step.IsCopy);
            else
                Refuse(RouteVerdict.NoSuchMailbox, step.IsCopy);
        }
        else if (step.Address.Local.Equals(Postmaster, StringComparison.OrdinalIgnoreCase) && Options.Postmaster is not null)
        {
            await PassOnToPostmasterAsync(step); // RFC 5321 4.5.1
        }
        else
        {
            await PassOnAsync(domain.DefaultMailbox, step);
        }
    }

    private ValueTask PassOnToPostmasterAsync(RouteStep step) => PassOnAsync(Options.Postmaster?.ToString() ?? "", step);

    private async ValueTask PassOnAsync(string target, RouteStep step) => await TryPassOnAsync(target, step, step.IsCopy);

    private async ValueTask<string?> TryPassOnAsync(string target, RouteStep step, bool isCopy)
    {
        if (MailAddress.TryParse(target, out var address))
            return await FollowAsync(address, step, isCopy);
        Refuse(RouteVerdict.NoSuchMailbox, isCopy);
        return null;
    }

    /// <summary>Who may post: anyone, members, or administrators; a sender of ours only when its client may relay, for else it is anybody.</summary>
    private async ValueTask PostAsync(Resolution list, RouteStep step)
    {
        if (request.Sender.Length > 0 && await MayPostAsync(list))
            Add(step, new Target { Kind = TargetKind.List, Address = step.Address.ToString(), Id = list.Id });
        else
            Refuse(RouteVerdict.NotAllowed, step.IsCopy);
    }

    private async ValueTask<bool> MayPostAsync(Resolution list)
    {
        if (isPost || list.Access == ListAccess.Anyone)
            return true;
        if (!MailAddress.TryParse(request.Sender, out var sender))
            return false;
        if (!request.MayRelay && await router.Domains.FindAsync(sender.Domain) is not null)
            return false;
        var member = await router.Grains.GetGrain<IMailingListGrain>(list.Id).FindAsync(request.Sender);
        return member is not null && (list.Access == ListAccess.Members || member.Type == MemberType.Administrator);
    }

    private async ValueTask AddMailboxAsync(Resolution user, RouteStep step)
    {
        // What is too large for good is told before what is full for now.
        var fits = step.IsCopy || isPost || user.Quota == 0 || (step.MaxSize > 0 && request.Size > step.MaxSize) || await FitsAsync(user);
        var target = new Target { Kind = TargetKind.Mailbox, Address = step.Address.ToString(), Id = user.Id, Quota = user.Quota };
        if (fits)
            Add(step, target);
        else
            Refuse(RouteVerdict.Full, step.IsCopy);
    }

    private async ValueTask<bool> FitsAsync(Resolution user)
    {
        var usage = await router.Grains.GetGrain<IMailboxGrain>(user.Id).ReadUsageAsync();
        return usage.Bytes < user.Quota && usage.Bytes + request.Size <= user.Quota;
    }

    /// <summary>Mail that leaves by a forward gets a reverse-path of ours, so that its failure finds the way back; a copy has none.</summary>
    private async ValueTask AddRemoteAsync(MailAddress address, RouteStep? before, bool isCopy)
    {
        var target = new Target { Kind = TargetKind.Remote, Address = address.ToString() };
        if (before is not null)
        {
            target = target with
            {
                Via = before.Address.ToString(),
                Sender = isCopy ? "" : await router.Senders.RewriteAsync(request.Sender, before.Address.Domain),
            };
        }

        Add(before, target with { IsCopy = isCopy });
    }

    private void Add(RouteStep? step, Target target)
    {
        var isCopy = target.IsCopy || step?.IsCopy == true;
        var maxSize = step?.MaxSize ?? 0;
        if (maxSize > 0 && request.Size > maxSize)
        {
            Refuse(RouteVerdict.TooLarge, isCopy);
            return;
        }

        target = target with { IsCopy = isCopy, MaxSize = maxSize };
        var known = targets.FindIndex(other => other.Identity == target.Identity);
        if (known < 0)
            targets.Add(target);
        else if (targets[known].IsCopy && !isCopy)
            targets[known] = target; // what is meant for it counts more than a copy
    }

    // A copy that goes nowhere is none of the sender's business.
    private void Refuse(RouteVerdict verdict, bool isCopy)
    {
        if (!isCopy)
            refusal ??= verdict;
    }
}
