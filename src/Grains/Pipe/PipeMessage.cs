using System.Text;

namespace Orleans.Mail.Grains;

/// <summary>A message as a program reads it: who sent it and to whom first, then the stored message.</summary>
/// <param name="sender">The reverse-path, for Return-Path in place of the stored one.</param>
/// <param name="recipient">The alias, for Delivered-To.</param>
/// <param name="body">The stored message, which begins with our Return-Path.</param>
/// <param name="crlf">Whether lines keep their CRLF.</param>
internal sealed class PipeMessage(string sender, string recipient, Stream body, bool crlf)
{
    private const int Block = 32 * 1024;

    /// <summary>Writes all of it, unless the program stops reading. What the store throws goes through.</summary>
    public async Task WriteAsync(PipeInput input, CancellationToken cancellationToken)
    {
        var end = crlf ? "\r\n" : "\n";
        if (!await input.WriteAsync(Encoding.UTF8.GetBytes($"Return-Path: <{sender}>{end}Delivered-To: {recipient}{end}"), cancellationToken))
            return;
        var block = new byte[Block];
        var filled = await body.ReadAtLeastAsync(block, Block, throwOnEndOfStream: false, cancellationToken);
        var from = EndOfReturnPath(block.AsSpan(0, filled));
        while (filled > 0)
        {
            // A CR at the block's end waits for what follows it.
            var kept = !crlf && block[filled - 1] == '\r' ? 1 : 0;
            var length = crlf ? filled - from : DropReturns(block.AsSpan(from, filled - from - kept));
            if (!await input.WriteAsync(block.AsMemory(from, length), cancellationToken))
                return;
            from = 0;
            if (kept > 0)
                block[0] = (byte)'\r';
            var count = await body.ReadAsync(block.AsMemory(kept), cancellationToken);
            if (count == 0 && kept > 0)
                await input.WriteAsync(block.AsMemory(0, 1), cancellationToken);
            filled = count == 0 ? 0 : kept + count;
        }
    }

    private static int EndOfReturnPath(ReadOnlySpan<byte> head) => head.StartsWith("Return-Path:"u8) ? head.IndexOf((byte)'\n') + 1 : 0;

    // CRLF becomes LF, in place; returns the new length.
    private static int DropReturns(Span<byte> text)
    {
        var length = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '\r' || i + 1 == text.Length || text[i + 1] != '\n')
                text[length++] = text[i];
        }

        return length;
    }
}
