namespace Orleans.Mail.Tools.Formats;

/// <summary>A Maildir: a file for each message, in <c>new</c> or <c>cur</c>; <c>tmp</c> holds what is being written.</summary>
internal sealed class Maildir(string path)
{
    private const int LookAhead = 64 * 1024;

    private string New => Path.Combine(path, "new");

    private string Current => Path.Combine(path, "cur");

    private string Temporary => Path.Combine(path, "tmp");

    public static bool IsOne(string path) => Directory.Exists(Path.Combine(path, "cur")) || Directory.Exists(Path.Combine(path, "new"));

    public void Create()
    {
        foreach (var folder in (ReadOnlySpan<string>)[New, Current, Temporary])
            Directory.CreateDirectory(folder);
    }

    /// <summary>Names of all messages without flags and sizes.</summary>
    public HashSet<string> ReadNames() => [.. Files().Select(file => MaildirName.Base(Path.GetFileName(file)))];

    /// <summary>Adds a message: its file has its name when it is whole.</summary>
    public async Task WriteAsync(Func<long, string> nameOf, DateTimeOffset time, Func<Stream, Task> write)
    {
        var temporary = Path.Combine(Temporary, "export");
        long size;
        await using (var file = new FileStream(temporary, FileMode.Create, FileAccess.Write))
        {
            await write(file);
            size = file.Length;
        }

        File.SetLastWriteTimeUtc(temporary, time.UtcDateTime); // where IMAP servers take the time of arrival from
        File.Move(temporary, Path.Combine(New, nameOf(size)), overwrite: true);
    }

    /// <summary>The messages in the order of arrival. The names are in memory, the messages are not.</summary>
    public IEnumerable<FoundMessage> Read() => Files()
        .OrderBy(file => MaildirName.OrderOf(Path.GetFileName(file)))
        .Select(file => new FoundMessage(file, MaildirName.IdOf(Path.GetFileName(file)), () => Open(file)));

    private static MailFileStream Open(string path)
    {
        var file = File.OpenHandle(path);
        try
        {
            Span<byte> head = new byte[LookAhead];
            head = head[..RandomAccess.Read(file, head, 0)];
            ITextFilter ends = HasCrLf(head) ? new LastLineEnd() : new CrLfLineEnds();
            return new MailFileStream(file, 0, RandomAccess.GetLength(file), ownsFile: true, ends);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Whether a mail file has CRLF line ends, as its first line shows: then it is taken octet for octet.</summary>
    public static bool HasCrLf(ReadOnlySpan<byte> head) => head.IndexOf((byte)'\n') is > 0 and var end && head[end - 1] == '\r';

    // A name that begins with a dot is no message.
    private IEnumerable<string> Files() => new[] { Current, New }
        .Where(Directory.Exists)
        .SelectMany(Directory.EnumerateFiles)
        .Where(file => Path.GetFileName(file)[0] != '.');
}
