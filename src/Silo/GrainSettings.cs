using Microsoft.Extensions.Options;
using Orleans.Mail.Gateway.Abuse;
using Orleans.Mail.Gateway.Configuration;
using Orleans.Mail.Gateway.Hosting;
using Orleans.Mail.Grains;
using Orleans.Mail.Storage;

namespace Orleans.Mail.Silo;

/// <summary>The parameters that the grains follow.</summary>
internal static class GrainSettings
{
    /// <summary>A message id older than every retry, and a day more for its sender's clock, can be delivered by nobody.</summary>
    private static readonly TimeSpan RetryMargin = TimeSpan.FromHours(24);

    public static IServiceCollection AddMailGrains(this IServiceCollection services, Parameters parameters)
    {
        var retry = TimeSpan.FromHours(parameters.WholeNumber("CFG_HOR_RETRY_MAIL", 48, 1, 8760));
        var sweep = TimeSpan.FromHours(parameters.WholeNumber("Storage:SweepAge", 24, 1, 8760));
        var isClustered = ClusterSettings.From(parameters).IsShared;
        var firstRetry = TimeSpan.FromMinutes(parameters.WholeNumber("CFG_MIN_QUEUE", 10, 0, 1440));
        var shards = parameters.WholeNumber("CFG_NUM_QUEUE", 10, 1, QueueKeys.PartitionCount);
        var delayNotice = TimeSpan.FromHours(parameters.WholeNumber("Queue:DelayNoticeAfter", 4, 1, 8760));
        var detail = parameters.Switch("Smtp:Detail", true);
        var postmaster = parameters.Mailbox("CFG_POSTMASTER") ?? PostmasterOf(parameters.Domain("CFG_LOCALDOMAIN"));
        var cap = parameters.WholeNumber("Queue:DailyCap", 0, 0, int.MaxValue);
        var budgets = new AbuseOptions();
        var loginFailures = parameters.WholeNumber("Abuse:LoginFailures", budgets.LoginFailures, 0, RateOptions.Most);
        var accountFailures = parameters.WholeNumber("Abuse:AccountFailures", budgets.AccountFailures, 0, RateOptions.Most);
        var siteBlocks = parameters.WholeNumber("Abuse:SiteBlocks", budgets.SiteBlocks, 0, RateOptions.Most);
        var rates = RateOptions.From(parameters);
        var pipe = PipeSettings.From(parameters);
        var host = GatewayOptions.HostNameOf(parameters);
        var (failure, delay) = (parameters.Find("FILE_DSN_FAIL"), parameters.Find("FILE_DSN_DELA"));
        return services.AddMailGrains()
            .AddSingleton(Options.Create(pipe))
            .Configure<SubmissionOptions>(submission => (submission.Detail, submission.Postmaster, submission.DailyCap) = (detail, postmaster, cap))
            .Configure<AbuseOptions>(abuse => (abuse.LoginFailures, abuse.AccountFailures, abuse.SiteBlocks, abuse.Window, abuse.BlockTime) = (loginFailures, accountFailures, siteBlocks, rates.Window, rates.BlockTime))
            .Configure<QueueOptions>(queue => (queue.Shards, queue.IsClustered, queue.FirstRetry, queue.Lifetime, queue.DelayNoticeAfter) = (shards, isClustered, firstRetry, retry, delayNotice))
            .Configure<ReportOptions>(reports => (reports.HostName, reports.FailureFile, reports.DelayFile) = (host, failure, delay))
            .Configure<MailboxOptions>(mailbox => mailbox.TombstoneAge = retry + RetryMargin)
            .Configure<SweepOptions>(options => options.SweepAge = sweep);
    }

    // The manual's default.
    private static MailAddress? PostmasterOf(string? localDomain) =>
        localDomain is not null && MailAddress.TryCreate("postmaster", localDomain, out var postmaster) ? postmaster : null;
}
