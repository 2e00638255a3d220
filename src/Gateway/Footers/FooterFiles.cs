using System.Text;

namespace Orleans.Mail.Gateway.Footers;

/// <summary>Reads the files that MAILINFOOTER and MAILOUTFOOTER name, and no others.</summary>
public sealed class FooterFiles(FooterOptions options)
{
    /// <summary>Octets of a footer.</summary>
    public const int MaxLength = 16 * 1024;

    private const int MaxLinks = 40;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>What a name may be, for the reply to one that is not.</summary>
    public string Allowed => options switch
    {
        { AnyPath: true } => $"a file with at most {MaxLength} octets of UTF-8 text, or nothing",
        { Directory: null } => "nothing, since Footers:Directory is not set",
        _ => $"a file in Footers:Directory with at most {MaxLength} octets of UTF-8 text, or nothing",
    };

    /// <summary>The footer of a file; null when it is not allowed, whatever the reason: who asks learns nothing of other files.</summary>
    public async Task<DomainFooter?> ReadAsync(string name)
    {
        if (name.Length == 0)
            return DomainFooter.None;
        try
        {
            return Find(name) is { } path && await ReadTextAsync(path) is { } text && FooterText.Parse(text) is not null
                ? new DomainFooter(name, text)
                : null;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null; // not there, not ours to read, or not a name: all the same to who asked
        }
    }

    private string? Find(string name)
    {
        if (options.AnyPath)
            return Path.GetFullPath(name, options.Directory ?? Environment.CurrentDirectory);
        if (options.Directory is not { } folder)
            return null;
        var real = Resolve(folder);
        var path = Resolve(Path.GetFullPath(name, folder));
        return path.StartsWith(Path.EndsInDirectorySeparator(real) ? real : real + Path.DirectorySeparatorChar, StringComparison.Ordinal) ? path : null;
    }

    /// <summary>The path without links, of whatever part of it.</summary>
    private static string Resolve(string path)
    {
        var root = Path.GetPathRoot(path) ?? "";
        var resolved = root;
        var rest = new Stack<string>(Parts(path[root.Length..]));
        for (var links = 0; rest.TryPop(out var part);)
        {
            var next = Path.GetFullPath(part, resolved);
            if (new FileInfo(next).LinkTarget is not { } target)
            {
                resolved = next;
                continue;
            }

            if (++links > MaxLinks)
                throw new IOException("too many links");
            if (Path.IsPathRooted(target))
                resolved = root;
            foreach (var inner in Parts(target))
                rest.Push(inner);
        }

        return resolved;

        // The first on top of the stack.
        static IEnumerable<string> Parts(string path) => path.Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries).Reverse();
    }

    private static async Task<string?> ReadTextAsync(string path)
    {
        // A pipe or a device has no length, and would never end.
        if (new FileInfo(path) is not { Exists: true, Length: > 0 and <= MaxLength })
            return null;
        var text = Strict.GetString(await File.ReadAllBytesAsync(path)).TrimStart('\ufeff');
        return text.Any(c => char.IsControl(c) && c is not ('\t' or '\r' or '\n' or '\f')) ? null : text;
    }
}
