using System.Buffers;

namespace Orleans.Mail.Tools.Formats;

/// <summary>Filters one after another.</summary>
internal sealed class FilterChain(params ITextFilter[] filters)
{
    private readonly ArrayBufferWriter<byte>[] results = [.. filters.Select(_ => new ArrayBufferWriter<byte>())];

    /// <summary>What becomes of <paramref name="text"/>; valid until the next call.</summary>
    public ReadOnlyMemory<byte> Run(ReadOnlyMemory<byte> text, bool isLast)
    {
        for (var i = 0; i < filters.Length; i++)
        {
            results[i].ResetWrittenCount();
            filters[i].Write(text.Span, results[i]);
            if (isLast)
                filters[i].Complete(results[i]);
            text = results[i].WrittenMemory;
        }

        return text;
    }
}
