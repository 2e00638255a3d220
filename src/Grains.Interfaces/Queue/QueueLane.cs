namespace Orleans.Mail;

/// <summary>Which kind of work an entry is; no lane waits for another.</summary>
public enum QueueLane
{
    /// <summary>A mailbox of ours, a list's post, a bounce of one.</summary>
    Local = 0,

    /// <summary>A program, which may take its time.</summary>
    Program = 1,

    /// <summary>What a user sends to another host, for the first time.</summary>
    User = 2,

    /// <summary>A report of ours on its way to another host.</summary>
    Notice = 3,

    /// <summary>What a list sends to other hosts.</summary>
    List = 4,

    /// <summary>What has failed before at another host.</summary>
    Retry = 5,

    /// <summary>A report to the sender is owed.</summary>
    Report = 6,
}
