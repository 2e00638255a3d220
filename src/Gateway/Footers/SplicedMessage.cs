using System.Buffers;
using System.IO.Pipelines;

namespace Orleans.Mail.Gateway.Footers;

/// <summary>Writes a message with changes, in memory bounded by what its reader lets wait.</summary>
internal sealed class SplicedMessage(Stream message, PipeWriter output, Func<ValueTask<bool>> flush)
{
    private const int Block = 16 * 1024;

    /// <summary>Writes it with its changes, which are in order and none over another. False when its reader has given up.</summary>
    public async Task<bool> WriteAsync(IReadOnlyList<Splice> splices)
    {
        var position = 0L;
        foreach (var splice in splices)
        {
            if (!await CopyAsync(splice.Offset - position))
                return false;
            output.Write(splice.With.Span);
            await SkipAsync(splice.Length);
            position = splice.Offset + splice.Length;
        }

        return await CopyAsync(null);
    }

    // Length null = to the end.
    private async Task<bool> CopyAsync(long? length)
    {
        for (var left = length ?? long.MaxValue; left > 0;)
        {
            var memory = output.GetMemory(Block);
            var count = await message.ReadAsync(memory[..(int)Math.Min(left, memory.Length)]);
            if (count == 0)
                return length is null ? true : throw new EndOfStreamException("the message ends before its last change");
            output.Advance(count);
            left -= count;
            if (!await flush())
                return false;
        }

        return true;
    }

    private async Task SkipAsync(long length)
    {
        var scratch = new byte[Math.Min(length, Block)];
        for (var left = length; left > 0;)
        {
            var count = await message.ReadAsync(scratch.AsMemory(0, (int)Math.Min(left, scratch.Length)));
            if (count == 0)
                throw new EndOfStreamException("the message ends inside a change");
            left -= count;
        }
    }
}
