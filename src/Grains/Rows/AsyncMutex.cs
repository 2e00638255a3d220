namespace Orleans.Mail.Grains;

/// <summary>
/// Lets one asynchronous section of a reentrant grain run at a time, in the order of arrival. For one activation, whose
/// scheduler runs one turn at a time; not for threads.
/// </summary>
internal sealed class AsyncMutex
{
    private readonly Queue<TaskCompletionSource> waiting = new();
    private bool taken;

    public async ValueTask<Turn> EnterAsync()
    {
        if (taken)
        {
            // Asynchronously, so that who leaves is not held up by who comes.
            var turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            waiting.Enqueue(turn);
            await turn.Task;
        }

        taken = true;
        return new Turn(this);
    }

    private void Leave()
    {
        if (waiting.TryDequeue(out var next))
            next.SetResult(); // taken stays true: nobody slips in between
        else
            taken = false;
    }

    /// <summary>Dispose it to let the next one in.</summary>
    public readonly struct Turn(AsyncMutex mutex) : IDisposable
    {
        public void Dispose() => mutex.Leave();
    }
}
