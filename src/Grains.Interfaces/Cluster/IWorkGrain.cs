namespace Orleans.Mail;

/// <summary>
/// Background work that must survive the death of its process: deletions that a mailbox, an address or a domain has
/// promised. Key: the slice, 0..63. A reminder per slice with work drives it.
/// </summary>
[Alias("mail.IWorkGrain")]
public interface IWorkGrain : IGrainWithIntegerKey
{
    /// <summary>How many slices there are.</summary>
    const int Slices = 64;

    /// <summary>Remembers durably that <paramref name="item"/> has work due at <paramref name="due"/>. Call it before the work is promised.</summary>
    [Alias("Add"), ResponseTimeout("00:00:10")]
    Task AddAsync(string item, DateTimeOffset due);

    /// <summary>Goes on, beside the callers, with what somebody was about to finish: its process may have died. Each silo calls it once at its start.</summary>
    [Alias("Wake"), ResponseTimeout("00:00:10")]
    Task WakeAsync();

    /// <summary>Does now what is due; returns how many items are left. The reminder calls it, and tests.</summary>
    [Alias("Drain"), ResponseTimeout("00:05:00")]
    Task<int> DrainAsync();
}
