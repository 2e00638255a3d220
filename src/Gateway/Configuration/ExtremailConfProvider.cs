using System.Buffers;
using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace Orleans.Mail.Gateway.Configuration;

/// <summary>
/// Reads eXtremail.conf: <c>NAME value</c> or <c>NAME=value</c> a line; a <c>#</c> at the start of a line or after a space
/// begins a comment. Two of the manual's names hold a space.
/// </summary>
internal sealed class ExtremailConfProvider(ExtremailConfSource source) : ConfigurationProvider
{
    private static readonly SearchValues<char> NameText = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_:.-");

    private readonly List<string> unknown = [];

    public IReadOnlyList<string> UnknownNames => unknown;

    public override void Load()
    {
        if (source.Optional && !File.Exists(source.Path))
            return;
        var number = 0;
        foreach (var line in ReadLines())
        {
            number++;
            if (WithoutComment(line) is { Length: > 0 } setting)
                Add(setting, number);
        }
    }

    private string[] ReadLines()
    {
        try
        {
            return File.ReadAllLines(source.Path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ParameterException($"{source.Path} cannot be read: {exception.Message}", exception);
        }
    }

    private static string WithoutComment(string line)
    {
        for (var at = line.IndexOf('#', StringComparison.Ordinal); at >= 0; at = line.IndexOf('#', at + 1))
        {
            if (at == 0 || char.IsWhiteSpace(line[at - 1]))
                return line[..at].Trim();
        }

        return line.Trim();
    }

    private void Add(string setting, int number)
    {
        var length = NameLength(setting);
        var (name, rest) = (setting[..length], setting[length..].TrimStart());
        if (length == 0 || rest.Length == 0 || name[^1] == ':' || (rest[0] != '=' && !char.IsWhiteSpace(setting[length])))
            throw Malformed(number, $"'{setting}' is neither NAME value nor NAME=value");
        var parameter = ParameterTable.Find(name);
        if (parameter is null)
            unknown.Add(name);
        if (!Data.TryAdd(parameter?.Name ?? name, rest[0] == '=' ? rest[1..].Trim() : rest))
            throw Malformed(number, $"{name} is given twice");
    }

    private static int NameLength(string setting)
    {
        foreach (var parameter in ParameterTable.All)
        {
            if (parameter.Spelling is { } name && name.Contains(' ', StringComparison.Ordinal) && setting.StartsWith(name, StringComparison.OrdinalIgnoreCase))
                return name.Length;
        }

        return setting.AsSpan().IndexOfAnyExcept(NameText) is var end and >= 0 ? end : setting.Length;
    }

    private ParameterException Malformed(int number, string what) =>
        new(string.Create(CultureInfo.InvariantCulture, $"{source.Path} line {number}: {what}."));
}
