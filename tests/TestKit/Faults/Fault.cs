using Orleans.Mail.Storage;

namespace Orleans.Mail.TestKit.Faults;

/// <summary>Trouble that a store can have with one call.</summary>
public abstract record Fault
{
    private Fault()
    {
    }

    /// <summary>The call throws <see cref="StorageException"/> and does nothing.</summary>
    public static Fault Error { get; } = new ErrorFault("the disk does not read or write");

    /// <summary>The call throws <see cref="StorageException"/> and does nothing: no room. A put takes its first octets before.</summary>
    public static Fault DiskFull { get; } = new ErrorFault("the disk is full");

    /// <summary>The call does its work and its reply is lost: a commit is <see cref="CommitOutcome.Unknown"/>, others throw.</summary>
    public static Fault LostReply { get; } = new LostReplyFault();

    /// <summary>The call never reaches the store and its reply is lost: a commit is <see cref="CommitOutcome.Unknown"/>, others throw.</summary>
    public static Fault LostRequest { get; } = new LostRequestFault();

    /// <summary>The call begins when <paramref name="until"/> ends.</summary>
    public static Fault Hold(Task until) => new HoldFault(until);

    /// <summary>The call begins later.</summary>
    public static Fault Delay(TimeSpan delay, TimeProvider time) => new DelayFault(delay, time);

    internal sealed record ErrorFault(string Message) : Fault
    {
        public StorageException ToException() => new(Message);
    }

    internal sealed record LostReplyFault : Fault;

    internal sealed record LostRequestFault : Fault;

    internal sealed record HoldFault(Task Until) : Fault;

    internal sealed record DelayFault(TimeSpan Time, TimeProvider Clock) : Fault;
}
