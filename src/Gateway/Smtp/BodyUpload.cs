using System.IO.Pipelines;
using Orleans.Mail.Storage;

namespace Orleans.Mail.Gateway.Smtp;

/// <summary>
/// A body on its way into the store. A small one is handed over whole, in one call that needs no other thread; of a large
/// one the store reads while it comes, and memory stays bounded.
/// </summary>
internal sealed class BodyUpload(Pipe pipe, IBodyStore bodies, BodyHint hint)
{
    // A body of this many octets or more streams.
    private const int StreamFrom = 64 * 1024;

    private static readonly PipeOptions Options = new(
        pauseWriterThreshold: 4 * StreamFrom,
        resumeWriterThreshold: 2 * StreamFrom,
        minimumSegmentSize: 8 * 1024,
        readerScheduler: PipeScheduler.Inline,
        writerScheduler: PipeScheduler.ThreadPool,
        useSynchronizationContext: false);

    private Task<BodyRef>? put;

    /// <summary>A pipe for uploads, one after another.</summary>
    public static Pipe CreatePipe() => new(Options);

    /// <summary>What is known of a body with one target: the row that will hold it alone.</summary>
    public static BodyHint HintFor(Target target, MessageId id) =>
        new(target.Kind == TargetKind.Mailbox ? MailboxKeys.EntryOf(target.Id, id) : QueueKeys.EntryOf(target, id));

    /// <summary>Lets the store have what has come, if it is much. False when the store has given up: nothing more needs to be written.</summary>
    public ValueTask<bool> FlushAsync()
    {
        if (put is null && pipe.Writer.UnflushedBytes < StreamFrom)
            return ValueTask.FromResult(true);
        put ??= PutAsync().AsTask();
        return FlushPipeAsync();
    }

    /// <summary>The body is complete. Throws <see cref="StorageException"/> when the store could not take it.</summary>
    public async ValueTask<BodyRef> CompleteAsync()
    {
        await pipe.Writer.CompleteAsync();
        try
        {
            return put is null ? await PutAsync() : await put;
        }
        finally
        {
            pipe.Reset();
        }
    }

    /// <summary>The body is not wanted: nothing of it stays. Returns what the store said to that, if it had begun.</summary>
    public async ValueTask<Exception?> AbandonAsync()
    {
        await pipe.Writer.CompleteAsync(put is null ? null : new OperationCanceledException("the message was given up"));
        if (put is null)
            await pipe.Reader.CompleteAsync();
        else
            await Task.WhenAny(put);
        pipe.Reset();
        return put?.Exception?.InnerException;
    }

    private async ValueTask<bool> FlushPipeAsync() => !(await pipe.Writer.FlushAsync()).IsCompleted;

    private async ValueTask<BodyRef> PutAsync()
    {
        try
        {
            return await bodies.PutAsync(pipe.Reader, hint, CancellationToken.None);
        }
        finally
        {
            await pipe.Reader.CompleteAsync(); // a store that failed must not hold the writer up
        }
    }
}
