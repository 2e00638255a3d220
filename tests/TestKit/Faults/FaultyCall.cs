using Orleans.Mail.Storage;

namespace Orleans.Mail.TestKit.Faults;

/// <summary>Runs a call under a plan.</summary>
internal static class FaultyCall
{
    /// <param name="plan">What fails.</param>
    /// <param name="call">The call.</param>
    /// <param name="lost">What the caller gets for a lost reply; null = an exception.</param>
    /// <param name="cancellationToken">Ends a delay.</param>
    public static async ValueTask<T> RunAsync<T>(
        FaultPlan plan, Func<ValueTask<T>> call, Func<T>? lost, CancellationToken cancellationToken)
    {
        switch (plan.Take())
        {
            case Fault.ErrorFault error:
                throw error.ToException();
            case Fault.LostRequestFault:
                return Lose(lost);
            case Fault.LostReplyFault:
                await call();
                return Lose(lost);
            case Fault.HoldFault hold:
                await hold.Until.WaitAsync(cancellationToken);
                break;
            case Fault.DelayFault delay:
                await Task.Delay(delay.Time, delay.Clock, cancellationToken);
                break;
        }

        return await call();
    }

    private static T Lose<T>(Func<T>? lost) =>
        lost is null ? throw new StorageException("the store did not answer in time") : lost();
}
