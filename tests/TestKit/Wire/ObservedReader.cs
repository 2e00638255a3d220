using System.IO.Pipelines;

namespace Orleans.Mail.TestKit.Wire;

/// <summary>A pipe's reader that tells when its user waits for input that has not come yet.</summary>
internal sealed class ObservedReader(PipeReader inner) : PipeReader
{
    private readonly Lock gate = new();
    private Task<ReadResult>? current;
    private TaskCompletionSource waiting = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public async Task UntilWaitingAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task next;
            lock (gate)
            {
                if (current is { IsCompleted: false })
                    return;
                if (waiting.Task.IsCompleted)
                    waiting = new(TaskCreationOptions.RunContinuationsAsynchronously);
                next = waiting.Task;
            }

            await next.WaitAsync(cancellationToken);
        }
    }

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) => Observe(inner.ReadAsync(cancellationToken));

    public override bool TryRead(out ReadResult result) => inner.TryRead(out result);

    public override void AdvanceTo(SequencePosition consumed) => inner.AdvanceTo(consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) => inner.AdvanceTo(consumed, examined);

    public override void CancelPendingRead() => inner.CancelPendingRead();

    public override void Complete(Exception? exception = null) => inner.Complete(exception);

    protected override ValueTask<ReadResult> ReadAtLeastAsyncCore(int minimumSize, CancellationToken cancellationToken) =>
        Observe(inner.ReadAtLeastAsync(minimumSize, cancellationToken));

    private ValueTask<ReadResult> Observe(ValueTask<ReadResult> read)
    {
        if (read.IsCompleted)
            return read;
        var task = read.AsTask();
        lock (gate)
        {
            current = task;
            waiting.TrySetResult();
        }

        return new ValueTask<ReadResult>(task);
    }
}
