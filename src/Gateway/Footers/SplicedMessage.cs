using System.IO.Pipelines;

namespace Orleans.Mail.Gateway.Footers;

/// <summary>Writes a message with changes, in bounded memory.</summary>
internal static class SplicedMessage
{
    /// <summary>Writes the message with its changes, which are in order and none over another. False when the output's reader wants no more.</summary>
    public static async Task<bool> WriteAsync(Stream message, IReadOnlyList<Splice> splices, PipeWriter output, CancellationToken cancellationToken)
    {
        var position = 0L;
        foreach (var splice in splices)
        {
            if (!await CopyAsync(message, splice.Offset - position, output, cancellationToken))
                return false;
            if ((await output.WriteAsync(splice.With, cancellationToken)).IsCompleted)
                return false;
            await SkipAsync(message, splice.Length, cancellationToken);
            position = splice.Offset + splice.Length;
        }

        return await CopyAsync(message, null, output, cancellationToken);
    }

    // Length null = to the end.
    private static async Task<bool> CopyAsync(Stream message, long? length, PipeWriter output, CancellationToken cancellationToken)
    {
        const int Block = 16 * 1024;
        for (var left = length ?? long.MaxValue; left > 0;)
        {
            var memory = output.GetMemory(Block);
            var count = await message.ReadAsync(memory[..(int)Math.Min(left, memory.Length)], cancellationToken);
            if (count == 0)
                return length is null ? true : throw new EndOfStreamException("the message ends before its last change");
            output.Advance(count);
            left -= count;
            if ((await output.FlushAsync(cancellationToken)).IsCompleted)
                return false;
        }

        return true;
    }

    private static async Task SkipAsync(Stream message, long length, CancellationToken cancellationToken)
    {
        var scratch = new byte[Math.Min(length, 16 * 1024)];
        for (var left = length; left > 0;)
        {
            var count = await message.ReadAsync(scratch.AsMemory(0, (int)Math.Min(left, scratch.Length)), cancellationToken);
            if (count == 0)
                throw new EndOfStreamException("the message ends inside a change");
            left -= count;
        }
    }
}
