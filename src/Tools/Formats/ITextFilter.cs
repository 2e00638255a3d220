using System.Buffers;

namespace Orleans.Mail.Tools.Formats;

/// <summary>Changes octets on their way, with bounded memory of what came before.</summary>
internal interface ITextFilter
{
    void Write(ReadOnlySpan<byte> text, IBufferWriter<byte> output);

    /// <summary>The text ends: what was held back goes out.</summary>
    void Complete(IBufferWriter<byte> output);
}
