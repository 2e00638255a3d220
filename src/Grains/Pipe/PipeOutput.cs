using System.Buffers;
using System.Text;

namespace Orleans.Mail.Grains;

/// <summary>Reads an output of a program to its end and keeps its beginning.</summary>
internal static class PipeOutput
{
    private const int Block = 16 * 1024;

    /// <param name="output">The output.</param>
    /// <param name="limit">Octets to keep.</param>
    /// <param name="ended">The program is gone, and whoever holds the output open is not waited for.</param>
    public static async Task<string> ReadAsync(Stream output, int limit, CancellationToken ended)
    {
        var kept = new MemoryStream();
        var total = 0L;
        var block = ArrayPool<byte>.Shared.Rent(Block);
        try
        {
            int count;
            while ((count = await output.ReadAsync(block, ended)) > 0)
            {
                total += count;
                kept.Write(block, 0, (int)Math.Min(count, limit - kept.Length));
            }
        }
        catch (OperationCanceledException)
        {
            total++; // cut off: there may have been more
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }

        var text = Encoding.UTF8.GetString(kept.ToArray()).TrimEnd();
        return total > kept.Length ? text + " ..." : text;
    }
}
