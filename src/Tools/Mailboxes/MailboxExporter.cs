using System.Text;
using Orleans.Mail.Grains;
using Orleans.Mail.Storage;
using Orleans.Mail.Tools.Formats;

namespace Orleans.Mail.Tools.Mailboxes;

/// <summary>Writes mailboxes to mail files: each message as POP3 shows it. The store may be in use.</summary>
internal sealed class MailboxExporter(StoredMail mail, IBodyStore bodies, ExportOptions options)
{
    private const int BlockLength = 64 * 1024;

    private readonly byte[] block = new byte[BlockLength];

    /// <summary>Writes one mailbox; returns how many messages were written, and how many were there from an earlier export.</summary>
    public async Task<ExportCount> ExportAsync(StoredUser user, string path, CancellationToken cancellationToken)
    {
        var entries = await mail.ReadMailboxAsync(user.MailboxId, cancellationToken);
        return options.Format == MailboxFormat.Maildir
            ? await WriteMaildirAsync(user, entries, path, cancellationToken)
            : await WriteMboxAsync(user, entries, path, cancellationToken);
    }

    private async Task<ExportCount> WriteMaildirAsync(
        StoredUser user, IReadOnlyList<MailboxEntry> entries, string path, CancellationToken cancellationToken)
    {
        var maildir = new Maildir(path);
        maildir.Create();
        var known = maildir.ReadNames();
        var (written, before) = (0, 0);
        foreach (var entry in entries)
        {
            if (known.Contains(MaildirName.Base(MaildirName.Of(entry, user.Domain, 0))))
            {
                before++;
                continue;
            }

            if (await OpenAsync(user, entry, cancellationToken) is not { } body)
                continue;
            await using (body)
            {
                await maildir.WriteAsync(
                    size => MaildirName.Of(entry, user.Domain, size),
                    entry.Id.Time,
                    file => WriteAsync(entry, body, file, cancellationToken));
            }

            written++;
        }

        return new ExportCount(written, before);
    }

    private async Task<ExportCount> WriteMboxAsync(
        StoredUser user, IReadOnlyList<MailboxEntry> entries, string path, CancellationToken cancellationToken)
    {
        if (File.Exists(path) && !options.Replace)
            throw new IOException($"{path} exists already");
        var unfinished = path + ".partial";
        var written = 0;
        try
        {
            await using (var file = new FileStream(unfinished, FileMode.Create, FileAccess.Write))
            {
                foreach (var entry in entries)
                {
                    if (await OpenAsync(user, entry, cancellationToken) is not { } body)
                        continue;
                    await using (body)
                        await WriteAsync(entry, body, file, cancellationToken);
                    written++;
                }
            }

            File.Move(unfinished, path, overwrite: true);
            return new ExportCount(written, 0);
        }
        finally
        {
            File.Delete(unfinished);
        }
    }

    /// <summary>A message's body; null when the message was deleted since the mailbox was read.</summary>
    private async ValueTask<Stream?> OpenAsync(StoredUser user, MailboxEntry entry, CancellationToken cancellationToken)
    {
        try
        {
            return await bodies.OpenReadAsync(entry.Body, BodyRange.All, cancellationToken);
        }
        catch (StorageException)
        {
            var now = await mail.FindMessageAsync(user.MailboxId, entry.Id, cancellationToken);
            if (now.Presence == MessagePresence.Present)
                throw;
            return null;
        }
    }

    private async Task WriteAsync(MailboxEntry entry, Stream body, Stream file, CancellationToken cancellationToken)
    {
        var isMbox = options.Format == MailboxFormat.Mbox;
        var filled = await body.ReadAtLeastAsync(block, block.Length, throwOnEndOfStream: false, cancellationToken);
        if (isMbox)
            await PutAsync(Encoding.UTF8.GetBytes(Mbox.FromLine(Mbox.SenderOf(block.AsSpan(0, filled)), entry.Id.Time)));
        ITextFilter[] filters =
        [
            .. isMbox ? new ITextFilter[] { new LastLineEnd(), new FromQuoting(remove: false) } : [],
            .. options.LineFeeds ? new ITextFilter[] { new LfLineEnds() } : [],
        ];
        var chain = new FilterChain(filters);
        await file.WriteAsync(chain.Run(DeliveredToField.Format(entry.DeliveredTo), isLast: false), cancellationToken);
        var size = 0L;
        while (filled > 0)
        {
            size += filled;
            await file.WriteAsync(chain.Run(block.AsMemory(0, filled), isLast: false), cancellationToken);
            filled = await body.ReadAtLeastAsync(block, block.Length, throwOnEndOfStream: false, cancellationToken);
        }

        if (size != entry.Body.Size)
            throw new StorageException($"the body of {entry.Id} has not the {entry.Body.Size} octets that its entry says");
        await file.WriteAsync(chain.Run(default, isLast: true), cancellationToken);
        if (isMbox)
            await PutAsync("\r\n"u8.ToArray());

        async Task PutAsync(byte[] line) =>
            await file.WriteAsync(options.LineFeeds ? new FilterChain(new LfLineEnds()).Run(line, isLast: true) : line, cancellationToken);
    }
}

/// <param name="Written">Messages that this export wrote.</param>
/// <param name="Before">Messages that an earlier one had written.</param>
internal readonly record struct ExportCount(int Written, int Before);
