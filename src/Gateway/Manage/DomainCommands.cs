using System.Text;
using Microsoft.Extensions.Logging;
using Orleans.Mail.Gateway.Cluster;
using Orleans.Mail.Gateway.Footers;
using Orleans.Mail.Protocols.Manage;

namespace Orleans.Mail.Gateway.Manage;

/// <summary>DOMAIN ADD, MOD, LIST and DEL.</summary>
public sealed partial class DomainCommands(IGrainFactory grains, ClusterLink link, FooterFiles files, TimeProvider time, ILogger<DomainCommands> logger)
{
    /// <summary>How long a change waits for this gateway's own copy; the others follow within their period.</summary>
    private static readonly TimeSpan SynchronizeLimit = TimeSpan.FromSeconds(5);

    public async Task<ManageStatus> AddAsync(CommandContext context)
    {
        var request = context.Request;
        var (footers, refusal) = await GivenFooters.ReadAsync(request, files);
        if (refusal is { } refused)
            return refused;
        var settings = new DomainSettings
        {
            DefaultMaxInKb = request.FindNumber(ManageKeys.DefaultMaxIn) ?? 0,
            DefaultMaxOutKb = request.FindNumber(ManageKeys.DefaultMaxOut) ?? 0,
            MaxInKb = request.FindNumber(ManageKeys.DomainMaxIn) ?? 0,
            MaxOutKb = request.FindNumber(ManageKeys.DomainMaxOut) ?? 0,
            DefaultMailbox = context.FindMailbox(ManageKeys.DefaultMailbox) ?? "",
            DefaultQuotaKb = request.FindNumber(ManageKeys.DefaultQuota) ?? 0,
            MaxUsers = (int)(request.FindNumber(ManageKeys.MaxUsers) ?? 0),
            IncomingFooter = footers.Incoming ?? DomainFooter.None,
            OutgoingFooter = footers.Outgoing ?? DomainFooter.None,
            ShowFooter = footers.Show ?? FooterChoice.Given,
        };
        return await ReplyAsync(context, grain => grain.CreateAsync(settings), ManageTexts.Added);
    }

    public async Task<ManageStatus> ModifyAsync(CommandContext context)
    {
        var request = context.Request;
        var (footers, refusal) = await GivenFooters.ReadAsync(request, files);
        if (refusal is { } refused)
            return refused;
        var change = new DomainChange
        {
            DefaultMaxInKb = request.FindNumber(ManageKeys.DefaultMaxIn),
            DefaultMaxOutKb = request.FindNumber(ManageKeys.DefaultMaxOut),
            MaxInKb = request.FindNumber(ManageKeys.DomainMaxIn),
            MaxOutKb = request.FindNumber(ManageKeys.DomainMaxOut),
            DefaultMailbox = context.FindMailbox(ManageKeys.DefaultMailbox),
            DefaultQuotaKb = request.FindNumber(ManageKeys.DefaultQuota),
            MaxUsers = (int?)request.FindNumber(ManageKeys.MaxUsers),
            IncomingFooter = footers.Incoming,
            OutgoingFooter = footers.Outgoing,
            ShowFooter = footers.Show,
        };
        if (change == new DomainChange())
            return request.Status(ManageEnding.Missing, ManageTexts.NothingToChange);
        return await ReplyAsync(context, grain => grain.ChangeAsync(change), ManageTexts.Changed);
    }

    public Task<ManageStatus> DeleteAsync(CommandContext context) => ReplyAsync(context, grain => grain.DeleteAsync(), ManageTexts.Deleted);

    public Task<ManageStatus> ListAsync(CommandContext context) =>
        context.Request.Has(ManageKeys.All) ? ListAllAsync(context) : ListOneAsync(context);

    private async Task<ManageStatus> ListAllAsync(CommandContext context)
    {
        long count = 0;
        await foreach (var page in ClusterListing.DomainPagesAsync(grains))
        {
            foreach (var domain in page)
                context.WriteLine(domain.Name);
            count += page.Count;
            await context.FlushAsync();
        }

        return context.Request.Done(ManageTexts.Listed(count));
    }

    private async Task<ManageStatus> ListOneAsync(CommandContext context)
    {
        var name = context.Domain(ManageKeys.DomainName);
        if (await grains.GetGrain<IDomainGrain>(name).ReadAsync() is not { } domain)
            return context.Request.Status(ManageEnding.NotFound, ManageTexts.NoDomain(name));
        var settings = domain.Settings;
        context.WriteLine($"Name : {domain.Name}");
        context.WriteLine($"DefaultMailbox : {settings.DefaultMailbox}");
        context.WriteLine($"DefMaxInMailSize : {settings.DefaultMaxInKb}");
        context.WriteLine($"DefMaxOutMailSize : {settings.DefaultMaxOutKb}");
        context.WriteLine($"MaxInMailSize : {settings.MaxInKb}");
        context.WriteLine($"MaxOutMailSize : {settings.MaxOutKb}");
        context.WriteLine($"DefQuota : {settings.DefaultQuotaKb}");
        context.WriteLine($"MaxUsers : {settings.MaxUsers}");
        context.WriteLine($"MailInFooter : {Describe(settings.IncomingFooter)}");
        context.WriteLine($"MailOutFooter : {Describe(settings.OutgoingFooter)}");
        context.WriteLine($"ShowFooter : {(int)settings.Shown()}");
        context.WriteLine($"Users : {domain.Users}");
        return context.Request.Done(ManageTexts.Listed(1));
    }

    private static string Describe(DomainFooter footer) => footer.IsNone ? "" : $"{footer.File} ({Encoding.UTF8.GetByteCount(footer.Text)} octets)";

    private async Task<ManageStatus> ReplyAsync(CommandContext context, Func<IDomainGrain, Task<DomainResult>> act, Func<string, string> done)
    {
        var name = context.Domain(ManageKeys.DomainName);
        switch (await act(grains.GetGrain<IDomainGrain>(name)))
        {
            case DomainResult.NotFound:
                return context.Request.Status(ManageEnding.NotFound, ManageTexts.NoDomain(name));
            case DomainResult.Exists:
                return context.Request.Status(ManageEnding.Exists, ManageTexts.Exists(name));
            default:
                await SynchronizeAsync(CancellationToken.None);
                return context.Request.Done(done(name));
        }
    }

    /// <summary>Lets this gateway see the change at once. The change is durable already: if this fails, the next beat brings it.</summary>
    private async Task SynchronizeAsync(CancellationToken closed)
    {
        using var limit = new CancellationTokenSource(SynchronizeLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, closed);
        try
        {
            await link.SynchronizeAsync(either.Token);
        }
        catch (Exception exception) when (!closed.IsCancellationRequested)
        {
            LogNotSynchronized(exception);
        }
    }

    [LoggerMessage(320, LogLevel.Warning, "a domain was changed, but this gateway's copy is not refreshed yet")]
    private partial void LogNotSynchronized(Exception exception);
}
