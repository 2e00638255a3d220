using System.Buffers;
using System.Text;

namespace Orleans.Mail.Relay.Sending;

/// <summary>
/// A message's octets as they go to other hosts, in blocks: without the Return-Path field that delivery put at its head
/// (RFC 5321 4.4), and with a Delivered-To field when one is due.
/// </summary>
internal sealed class MessageSource : IAsyncDisposable
{
    private const int BlockLength = 32 * 1024;

    private readonly Func<CancellationToken, ValueTask<Stream>> open;
    private readonly byte[] prefix;
    private byte[] block;
    private Stream? stream;
    private ReadOnlyMemory<byte> first;
    private bool isAtStart;

    private MessageSource(Func<CancellationToken, ValueTask<Stream>> open, byte[] prefix)
    {
        this.open = open;
        this.prefix = prefix;
        block = ArrayPool<byte>.Shared.Rent(prefix.Length + BlockLength);
    }

    /// <summary>Octets in all.</summary>
    public long Size { get; private set; }

    /// <summary>Whether the header section is ASCII; one that is longer than a block is taken not to be.</summary>
    public bool HeaderIsAscii
    {
        get
        {
            var end = first.Span.IndexOf("\r\n\r\n"u8);
            return end >= 0 && Ascii.IsValid(first.Span[..end]);
        }
    }

    /// <summary>Opens a body.</summary>
    /// <param name="open">Opens the stream, again when the message must be sent again.</param>
    /// <param name="deliveredTo">For the field; empty = none.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async ValueTask<MessageSource> OpenAsync(Func<CancellationToken, ValueTask<Stream>> open, string deliveredTo, CancellationToken cancellationToken)
    {
        var source = new MessageSource(open, deliveredTo.Length == 0 ? [] : DeliveredToField.Format(deliveredTo));
        try
        {
            await source.RestartAsync(cancellationToken);
            return source;
        }
        catch
        {
            await source.DisposeAsync();
            throw;
        }
    }

    /// <summary>Goes to the start of the message.</summary>
    public async ValueTask RestartAsync(CancellationToken cancellationToken)
    {
        if (isAtStart)
            return;
        if (stream is not null)
            await stream.DisposeAsync();
        stream = await open(cancellationToken);
        var read = await stream.ReadAtLeastAsync(block.AsMemory(prefix.Length, BlockLength), BlockLength, throwOnEndOfStream: false, cancellationToken);
        var skipped = ReturnPathLength(block.AsSpan(prefix.Length, read));
        // Right before what stays, so that both are one block.
        prefix.CopyTo(block, skipped);
        first = block.AsMemory(skipped, prefix.Length + read - skipped);
        Size = stream.Length - skipped + prefix.Length;
        isAtStart = true;
    }

    /// <summary>The next block, which holds until the one after it; empty at the end.</summary>
    public async ValueTask<ReadOnlyMemory<byte>> ReadAsync(CancellationToken cancellationToken)
    {
        if (isAtStart)
        {
            isAtStart = false;
            return first;
        }

        var read = await stream!.ReadAsync(block.AsMemory(0, BlockLength), cancellationToken);
        return block.AsMemory(0, read);
    }

    public async ValueTask DisposeAsync()
    {
        if (stream is not null)
            await stream.DisposeAsync();
        stream = null;
        if (block.Length > 0)
            ArrayPool<byte>.Shared.Return(block);
        block = [];
    }

    // The field with its folded lines; 0 when the message begins with another.
    private static int ReturnPathLength(ReadOnlySpan<byte> message)
    {
        var name = "Return-Path:"u8;
        if (message.Length < name.Length || !Ascii.EqualsIgnoreCase(message[..name.Length], name))
            return 0;
        var length = 0;
        do
        {
            var end = message[length..].IndexOf((byte)'\n');
            if (end < 0)
                return 0;
            length += end + 1;
        }
        while (length < message.Length && message[length] is (byte)' ' or (byte)'\t');
        return length;
    }
}
