using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Mail.Storage;

namespace Orleans.Mail.Grains;

/// <summary>Registers what the grains need beside the store.</summary>
public static class MailGrainsExtensions
{
    /// <summary>
    /// Adds the grains' services and options. The host adds <see cref="IRowStore"/>, <see cref="IBodyStore"/>, a reminder
    /// service and the grain storage <c>rows</c>.
    /// </summary>
    public static IServiceCollection AddMailGrains(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<BodyHolders>();
        services.AddSingleton<StoreDeadline>();
        services.AddSingleton<SettledRows>();
        services.AddSingleton<DomainCopies>();
        services.AddSingleton<SenderRewriting>();
        services.AddSingleton<Router>();
        services.AddSingleton<MailboxDelivery>();
        services.AddSingleton<SubmissionServices>();
        services.AddSingleton<RetrySchedule>();
        services.AddMetrics();
        services.AddSingleton<QueueAttempts>();
        services.AddSingleton<QueueOutcomes>();
        services.AddSingleton<QueueMetrics>();
        services.AddSingleton<QueueServices>();
        services.AddSingleton<QueueListing>();
        services.AddSingleton<LocalReroute>();
        services.TryAddSingleton<IActiveSilos, ActiveSilos>();
        services.AddSingleton<IQueueAttempt, MailboxAttempt>();
        services.AddSingleton<IQueueAttempt, PipeAttempt>();
        services.AddSingleton<PipeProgram>();
        services.AddSingleton<ListBody>();
        services.AddSingleton<ListDelivery>();
        services.AddSingleton<IQueueAttempt, ListPost>();
        services.AddSingleton<IQueueAttempt, ListBounce>();
        services.AddSingleton<ReportMetrics>();
        services.AddSingleton<ReportTemplates>();
        services.AddHostedService(static provider => provider.GetRequiredService<ReportTemplates>());
        services.AddSingleton<IDeliveryReports, DeliveryReports>();

        services.AddOptions<StoreCallOptions>()
            .Validate(options => options.TimeLimit > TimeSpan.Zero && options.Repeats >= 0, "StoreCallOptions: TimeLimit must be positive, Repeats not negative")
            .ValidateOnStart();
        services.AddOptions<AddressOptions>();
        services.AddOptions<DomainOptions>()
            .Validate(options => options.DeletionWidth > 0, "DomainOptions: DeletionWidth must be positive")
            .ValidateOnStart();
        services.AddOptions<MailboxOptions>()
            .Validate(options => options.ReleaseWidth > 0 && options.LeaseTime > TimeSpan.Zero, "MailboxOptions: ReleaseWidth and LeaseTime must be positive")
            .ValidateOnStart();
        services.AddOptions<SubmissionOptions>()
            .Validate(options => options.Width > 0, "SubmissionOptions: Width must be positive")
            .ValidateOnStart();
        services.AddOptions<QueueOptions>()
            .Validate(options => options is { Width: > 0, Places: > 0, Shards: >= 1 and <= QueueKeys.PartitionCount }, "QueueOptions: Width and Places must be positive, Shards 1 to 64")
            .Validate(options => options.Period >= TimeSpan.FromMinutes(1) && options.ClaimTime >= TimeSpan.FromMinutes(1), "QueueOptions: Period and ClaimTime must be at least a minute")
            .ValidateOnStart();
        services.AddOptions<PipeOptions>()
            .Validate(options => options.Concurrency > 0 && options.TimeLimit > TimeSpan.Zero, "PipeOptions: Concurrency and TimeLimit must be positive")
            .ValidateOnStart();
        services.AddOptions<ListOptions>()
            .Validate(options => options is { PageSize: > 0 and <= StoreLimits.PageRows, Width: > 0, BounceSize: > 0 }, "ListOptions: PageSize, Width and BounceSize must be positive, PageSize at most 1000")
            .ValidateOnStart();
        services.AddOptions<ReportOptions>()
            .Validate(options => options is { MaxTextSize: > 0, MaxHeaderSize: > 0, MaxReturnedSize: > 0, MaxNamed: > 0 }, "ReportOptions: MaxTextSize, MaxHeaderSize, MaxReturnedSize and MaxNamed must be positive")
            .ValidateOnStart();
        services.AddOptions<AccessOptions>();
        services.AddOptions<AbuseOptions>()
            .Validate(options => options is { LoginFailures: >= 0, AccountFailures: >= 0, SiteBlocks: >= 0, MaxEntries: > 0 and <= ITimedListGrain.MaxEntries }, "AbuseOptions: LoginFailures, AccountFailures and SiteBlocks must not be negative, MaxEntries 1 to 50,000")
            .Validate(options => options.Window > TimeSpan.Zero && options.BlockTime > TimeSpan.Zero, "AbuseOptions: Window and BlockTime must be positive")
            .ValidateOnStart();
        services.AddOptions<ClusterStatusOptions>();
        services.AddOptions<SweepOptions>()
            .Validate(options => options.SweepAge >= options.InFlight && options.Page > 0, "Storage:SweepAge must not be shorter than the time a commit may take")
            .ValidateOnStart();
        services.AddOptions<WorkOptions>()
            .Validate(options => options.Period >= TimeSpan.FromMinutes(1), "WorkOptions: Period must be at least a minute")
            .ValidateOnStart();
        return services;
    }
}
