namespace Orleans.Mail.Grains;

/// <summary>The lanes of the queue, as the letters in the keys of due times: no lane waits for another.</summary>
internal static class DueLane
{
    /// <summary>Mailboxes, lists and what came back to them.</summary>
    public const char Local = 'l';

    /// <summary>Programs, which may take their time.</summary>
    public const char Program = 'p';

    /// <summary>What users send to other hosts, at first.</summary>
    public const char User = 'r';

    /// <summary>Reports of ours.</summary>
    public const char Notice = 'n';

    /// <summary>What lists send to other hosts.</summary>
    public const char List = 's';

    /// <summary>What has failed at another host before.</summary>
    public const char Retry = 't';

    /// <summary>What owes its sender a report.</summary>
    public const char Report = 'x';

    /// <summary>What an operator holds back.</summary>
    public const char Held = 'h';

    /// <summary>What is finished and may go.</summary>
    public const char Purge = 'z';

    /// <summary>The lanes of entries, in the order of <see cref="IndexOf"/>.</summary>
    public static readonly IReadOnlyList<char> All = [Local, Program, User, Notice, List, Retry, Report, Held, Purge];

    /// <summary>Their names, for management and metrics; what is finished waits for nothing.</summary>
    public static readonly IReadOnlyList<string> Names = ["local", "program", "user", "notice", "list", "retry", "report", "held", "purge"];

    /// <summary>The lanes whose time comes by itself, in the order in which they are looked at.</summary>
    public static readonly IReadOnlyList<char> Timed = [Local, Program, User, Notice, Report, List, Retry, Purge];

    /// <summary>The place of a lane in <see cref="All"/>; -1 for a letter that is none.</summary>
    public static int IndexOf(char lane) => lane switch
    {
        Local => 0,
        Program => 1,
        User => 2,
        Notice => 3,
        List => 4,
        Retry => 5,
        Report => 6,
        Held => 7,
        Purge => 8,
        _ => -1,
    };

    /// <summary>The lane of an entry.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="isRetry">Attempts are behind it.</param>
    public static char Of(QueueEntry entry, bool isRetry) => entry switch
    {
        { Held: true } => Held,
        { Failed: true } or { Report: not ReportKind.None } => Report,
        { Target.Kind: TargetKind.Remote } when isRetry => Retry,
        { Target.Kind: TargetKind.Remote, IsNotice: true } => Notice,
        { Target.Kind: TargetKind.Remote, IsBulk: true } => List,
        { Target.Kind: TargetKind.Remote } => User,
        { Target.Kind: TargetKind.Pipe } => Program,
        _ => Local,
    };

    /// <summary>How the relay knows a lane of mail for other hosts.</summary>
    public static RelayLane ToRelay(char lane) => lane switch
    {
        Notice => RelayLane.Notice,
        List => RelayLane.Bulk,
        Retry => RelayLane.Retry,
        _ => RelayLane.User,
    };
}
