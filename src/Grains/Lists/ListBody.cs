using System.IO.Pipelines;
using Orleans.Mail.Storage;

namespace Orleans.Mail.Grains;

/// <summary>Makes the body that a list sends from the one that was posted, in bounded memory.</summary>
internal sealed class ListBody(IBodyStore bodies)
{
    private const int PieceSize = 64 * 1024;

    private static readonly System.IO.Pipelines.PipeOptions Options = new(
        pauseWriterThreshold: 4 * PieceSize,
        resumeWriterThreshold: 2 * PieceSize,
        minimumSegmentSize: PieceSize,
        useSynchronizationContext: false);

    /// <summary>Puts the body; null when the list has sent the message before.</summary>
    /// <param name="posted">The body that was posted.</param>
    /// <param name="list">The list's fields.</param>
    /// <param name="holder">The only row that will hold the new body at first.</param>
    public async Task<BodyRef?> MakeAsync(BodyRef posted, ListHeader list, RowKey holder)
    {
        var pipe = new Pipe(Options);
        var rewriter = new HeaderRewriter(list, pipe.Writer);
        var put = PutAsync(pipe.Reader, new BodyHint(holder));
        Exception? fault = null;
        try
        {
            await FillAsync(pipe.Writer, rewriter, posted);
        }
        catch (Exception failure)
        {
            fault = failure; // it comes back from the store
        }

        await pipe.Writer.CompleteAsync(fault);
        var made = await put;
        if (!rewriter.IsLoop)
            return made;
        await bodies.DeleteAsync(made, CancellationToken.None);
        return null;
    }

    private async Task FillAsync(PipeWriter output, HeaderRewriter rewriter, BodyRef posted)
    {
        await using var input = await bodies.OpenReadAsync(posted, BodyRange.All, CancellationToken.None);
        var piece = new byte[PieceSize];
        for (int length; (length = await input.ReadAsync(piece)) > 0;)
        {
            rewriter.Write(piece.AsSpan(0, length));
            if ((await output.FlushAsync()).IsCompleted)
                return; // the store has given up, and says why
        }

        rewriter.Complete();
    }

    private async Task<BodyRef> PutAsync(PipeReader body, BodyHint hint)
    {
        try
        {
            return await bodies.PutAsync(body, hint, CancellationToken.None);
        }
        finally
        {
            await body.CompleteAsync(); // a store that failed must not hold the writer up
        }
    }
}
