using System.Buffers;
using Orleans.Mail.Gateway.Hosting;
using Orleans.Mail.Protocols.Pop3;
using Orleans.Mail.Storage;

namespace Orleans.Mail.Gateway.Pop3;

/// <summary>
/// A stored message on its way to a client. Its first block is read before anything is said, so most faults of the store
/// still become a reply; memory is bounded by one block, whatever the message's length.
/// </summary>
internal sealed class StoredMessage : IAsyncDisposable
{
    private const int MaxBlock = 64 * 1024;

    private readonly ListedMessage message;
    private readonly Stream body;
    private readonly byte[] block;
    private int filled;

    private StoredMessage(ListedMessage message, Stream body)
    {
        this.message = message;
        this.body = body;
        block = ArrayPool<byte>.Shared.Rent((int)Math.Min(Math.Max(message.Body.Size, 1), MaxBlock));
    }

    /// <summary>Opens a message. Throws <see cref="StorageException"/> when its body cannot be read.</summary>
    public static async ValueTask<StoredMessage> OpenAsync(IBodyStore bodies, ListedMessage message)
    {
        var stored = new StoredMessage(message, await bodies.OpenReadAsync(message.Body, BodyRange.All, CancellationToken.None));
        try
        {
            var first = (int)Math.Min(message.Body.Size, stored.block.Length);
            stored.filled = await stored.body.ReadAtLeastAsync(stored.block, first, throwOnEndOfStream: false);
            return stored.filled >= first ? stored : throw stored.WrongLength();
        }
        catch
        {
            await stored.DisposeAsync();
            throw;
        }
    }

    /// <summary>Writes the message and the end of the reply.</summary>
    /// <param name="connection">Where to.</param>
    /// <param name="mailbox">Hears that the client takes what it is sent.</param>
    /// <param name="lines">Lines of the body after the header, for TOP; null = the whole message.</param>
    public async ValueTask WriteAsync(ClientConnection connection, OpenMailbox mailbox, int? lines)
    {
        var stuffer = new DotStuffer();
        var top = new MessageTop(lines ?? 0);
        stuffer.Write(connection.Output, message.DeliveredTo);
        var left = message.Body.Size;
        while (left > 0)
        {
            if (filled == 0 || filled > left)
                throw WrongLength();
            stuffer.Write(connection.Output, block.AsSpan(0, lines is null ? filled : top.Take(block.AsSpan(0, filled))));
            left = top.IsComplete ? 0 : left - filled;
            if (left > 0)
                await ReadOnAsync(connection, mailbox);
        }

        stuffer.Complete(connection.Output);
    }

    public async ValueTask DisposeAsync()
    {
        ArrayPool<byte>.Shared.Return(block);
        await body.DisposeAsync();
    }

    private StorageException WrongLength() => new($"the body of {message.Id} has not the {message.Body.Size} octets that its entry says");

    // What was written is sent first, so a client that reads slowly holds the reading back.
    private async ValueTask ReadOnAsync(ClientConnection connection, OpenMailbox mailbox)
    {
        await connection.FlushAsync();
        mailbox.Touch();
        filled = await body.ReadAsync(block);
    }
}
