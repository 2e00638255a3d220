using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Orleans.Mail.Grains;
using Orleans.Mail.Storage;
using Orleans.Mail.Tools.Formats;

namespace Orleans.Mail.Tools.Mailboxes;

/// <summary>
/// Puts messages of mail files into a mailbox, octet for octet, by the way that a delivery goes. What is there already is
/// found by its id and not added again, so an import that was cut short is simply repeated.
/// </summary>
internal sealed class MailboxImporter(IGrainFactory grains, StoredMail mail, IBodyStore bodies)
{
    /// <summary>Appends under way at a time: they share commits.</summary>
    private const int Width = 32;

    /// <summary>A Delivered-To field is not longer.</summary>
    private const int FieldLength = 1024;

    public async Task<ImportCount> ImportAsync(StoredUser user, IEnumerable<FoundMessage> messages, CancellationToken cancellationToken)
    {
        var mailbox = grains.GetGrain<IMailboxGrain>(user.MailboxId);
        await mailbox.ReadUsageAsync(); // it is awake then, and appends arrive in their order
        var running = new Queue<Task>();
        var seen = new HashSet<MessageId>();
        var (added, before) = (0, 0);
        try
        {
            foreach (var message in messages)
            {
                if (await ChooseIdAsync(user, message, cancellationToken) is not { } id || !seen.Add(id))
                {
                    before++;
                    continue;
                }

                var delivery = await PutAsync(user, message, id, cancellationToken);
                if (running.Count == Width)
                    await running.Dequeue();
                running.Enqueue(AppendAsync(mailbox, delivery, message.Where));
                added++;
            }
        }
        finally
        {
            await Task.WhenAll(running);
        }

        return new ImportCount(added, before);
    }

    private static async Task AppendAsync(IMailboxGrain mailbox, Delivery delivery, string where)
    {
        if (await mailbox.AppendAsync(delivery) is var result and not AppendResult.Done)
            throw new StorageException($"{where} was not taken: {result}");
    }

    /// <summary>The id that the message gets; null when the mailbox has it.</summary>
    private async ValueTask<MessageId?> ChooseIdAsync(StoredUser user, FoundMessage message, CancellationToken cancellationToken)
    {
        var (_, reader) = await OpenAsync(message, cancellationToken);
        var (derived, size) = await ImportedId.ComputeAsync(user.MailboxId, reader, cancellationToken);
        await reader.CompleteAsync();
        if (message.Id is { } id)
        {
            // Our own export: the id stays, and with it the UIDL. One that was deleted here cannot come back as itself.
            var state = await mail.FindMessageAsync(user.MailboxId, id, cancellationToken);
            if (state.Presence == MessagePresence.Unknown)
                return id;
            if (state.Presence == MessagePresence.Present && state.BodySize == size)
                return null;
        }

        var known = await mail.FindMessageAsync(user.MailboxId, derived, cancellationToken);
        return known.Presence == MessagePresence.Unknown ? derived : null;
    }

    private async ValueTask<Delivery> PutAsync(StoredUser user, FoundMessage message, MessageId id, CancellationToken cancellationToken)
    {
        var (deliveredTo, reader) = await OpenAsync(message, cancellationToken);
        var body = await bodies.PutAsync(reader, new BodyHint(MailboxKeys.EntryOf(user.MailboxId, id)), cancellationToken);
        await reader.CompleteAsync();
        return new Delivery(new MessageRef(id, body), deliveredTo ?? user.Address);
    }

    /// <summary>Opens a message behind the Delivered-To field that an export begins with: it belongs to the entry.</summary>
    private static async ValueTask<(string? DeliveredTo, PipeReader Reader)> OpenAsync(FoundMessage message, CancellationToken cancellationToken)
    {
        var reader = PipeReader.Create(message.Open());
        var head = (await reader.ReadAtLeastAsync(FieldLength, cancellationToken)).Buffer;
        var deliveredTo = ReadDeliveredTo(head.Slice(0, Math.Min(head.Length, FieldLength)).ToArray());
        reader.AdvanceTo(head.GetPosition(deliveredTo is null ? 0 : DeliveredToField.Length(deliveredTo)));
        return (deliveredTo, reader);
    }

    private static string? ReadDeliveredTo(ReadOnlySpan<byte> head)
    {
        var name = "Delivered-To: "u8;
        var end = head.IndexOf("\r\n"u8);
        if (!head.StartsWith(name) || end < name.Length || (end + 2 < head.Length && head[end + 2] is (byte)' ' or (byte)'\t'))
            return null;
        var value = Encoding.UTF8.GetString(head[name.Length..end]);
        return MailAddress.TryParse(value, out _) && DeliveredToField.Length(value) == end + 2 ? value : null;
    }
}

/// <param name="Added">Messages that this import added.</param>
/// <param name="Before">Messages that the mailbox had.</param>
internal readonly record struct ImportCount(int Added, int Before);
