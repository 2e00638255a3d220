using System.Buffers;
using System.IO.Pipelines;

namespace Orleans.Mail.TestKit.Wire;

/// <summary>
/// A pipe's reader that tells when its user waits for input that has not come yet. It holds its user to what
/// <see cref="PipeReader.AdvanceTo(SequencePosition, SequencePosition)"/> demands and not every version of .NET checks: what was
/// examined stays examined.
/// </summary>
internal sealed class ObservedReader(PipeReader inner) : PipeReader
{
    private readonly Lock gate = new();
    private Task<ReadResult>? current;
    private ReadOnlySequence<byte> last;
    private long consumedLength;
    private long examinedLength;
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

    public override bool TryRead(out ReadResult result)
    {
        var isThere = inner.TryRead(out result);
        if (isThere)
            last = result.Buffer;
        return isThere;
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        var examines = consumedLength + last.Slice(0, examined).Length;
        if (examines < examinedLength)
            throw new InvalidOperationException("less is examined than before");
        examinedLength = examines;
        consumedLength += last.Slice(0, consumed).Length;
        inner.AdvanceTo(consumed, examined);
    }

    public override void CancelPendingRead() => inner.CancelPendingRead();

    public override void Complete(Exception? exception = null) => inner.Complete(exception);

    protected override ValueTask<ReadResult> ReadAtLeastAsyncCore(int minimumSize, CancellationToken cancellationToken) =>
        Observe(inner.ReadAtLeastAsync(minimumSize, cancellationToken));

    private ValueTask<ReadResult> Observe(ValueTask<ReadResult> read)
    {
        var task = RememberAsync(read);
        if (!task.IsCompleted)
        {
            lock (gate)
            {
                current = task;
                waiting.TrySetResult();
            }
        }

        return new ValueTask<ReadResult>(task);
    }

    private async Task<ReadResult> RememberAsync(ValueTask<ReadResult> read)
    {
        var result = await read.ConfigureAwait(false);
        last = result.Buffer;
        return result;
    }
}
