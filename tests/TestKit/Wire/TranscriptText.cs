using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Orleans.Mail.TestKit.Wire;

/// <summary>Escapes and wildcards in the lines of a <see cref="Transcript"/>.</summary>
public static partial class TranscriptText
{
    private const string Wildcard = "{*}";

    public static byte[] Octets(string text)
    {
        var octets = new List<byte>(text.Length);
        for (var rest = text.AsSpan(); rest.Length > 0;)
        {
            if (rest[0] != '\\')
            {
                var plain = rest.IndexOf('\\') is var at and >= 0 ? rest[..at] : rest;
                octets.AddRange(Encoding.UTF8.GetBytes(plain.ToString()));
                rest = rest[plain.Length..];
                continue;
            }

            rest = rest[Escape(rest, octets)..];
        }

        return [.. octets];
    }

    /// <summary>Whether a line of the server (octets as Latin-1) is what the transcript expects.</summary>
    public static bool Matches(byte[] expected, string actual)
    {
        var pattern = Encoding.Latin1.GetString(expected);
        return pattern.Contains(Wildcard, StringComparison.Ordinal)
            ? Regex.IsMatch(actual, $"^{string.Join(".*", pattern.Split(Wildcard).Select(Regex.Escape))}$", RegexOptions.CultureInvariant | RegexOptions.Singleline)
            : pattern == actual;
    }

    private static int Escape(ReadOnlySpan<char> text, List<byte> octets)
    {
        if (Repeat().Match(text.ToString()) is { Success: true } repeat)
        {
            var part = Octets(repeat.Groups[2].Value);
            for (var n = int.Parse(repeat.Groups[1].Value, CultureInfo.InvariantCulture); n > 0; n--)
                octets.AddRange(part);
            return repeat.Length;
        }

        if (text is ['\\', 'x', _, _, ..])
        {
            octets.Add(Convert.ToByte(text[2..4].ToString(), 16));
            return 4;
        }

        octets.Add(text switch
        {
            ['\\', 'r', ..] => (byte)'\r',
            ['\\', 'n', ..] => (byte)'\n',
            ['\\', 't', ..] => (byte)'\t',
            ['\\', '\\', ..] => (byte)'\\',
            _ => throw new InvalidDataException($"unknown escape in a transcript: {text}"),
        });
        return 2;
    }

    [GeneratedRegex(@"^\\repeat\((\d+),([^)]*)\)")]
    private static partial Regex Repeat();
}
