namespace Orleans.Mail.Grains;

/// <summary>Mailboxes.</summary>
public sealed class MailboxOptions
{
    /// <summary>A lease that was not renewed for so long is free. Gateways renew every 20 s. Default: 60 s (SPEC 5).</summary>
    public TimeSpan LeaseTime { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// How old a message id must be until nothing can deliver it again: CFG_HOR_RETRY_MAIL and 24 h. A deleted message
    /// stays behind as a tombstone for so long, and so does a closed mailbox. Default: 72 h.
    /// </summary>
    public TimeSpan TombstoneAge { get; set; } = TimeSpan.FromHours(72);

    /// <summary>How long a QUIT is remembered at least, so that the repetition of one whose reply was lost is answered rightly. Default: 1 h.</summary>
    public TimeSpan QuitMemory { get; set; } = TimeSpan.FromHours(1);

    /// <summary>A delivery that could not begin for so long is given up. Default: 5 s, the limit of the call (<see cref="IMailboxGrain.AppendAsync"/>).</summary>
    public TimeSpan AppendTimeLimit { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long background work may stand still before <see cref="IWorkGrain"/> looks after it. Default: 2 min.</summary>
    public TimeSpan WorkGrace { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>Bodies that background work releases at a time. Default: 16.</summary>
    public int ReleaseWidth { get; set; } = 16;
}
