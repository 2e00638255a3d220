using System.Globalization;
using System.Text;

namespace Orleans.Mail.TestKit.Wire;

/// <summary>
/// A dialogue between client and server as a file:
/// <code>
/// # a comment
/// @ Smtp:BareLineEnds repair      a setting for the test that plays it (Settings)
/// C: NOOP                         the client sends the line and CRLF
/// C- raw\r\n                      the client sends just these octets
/// C!                              the client closes its end
/// S: 250 2.0.0 ok {*}             the server answers the line; {*} stands for any text
/// S!                              the server closes the connection
/// T: 301                          so many seconds pass
/// => text                         what the test must find when it is over (Results)
/// </code>
/// In C: and C- lines <c>\r \n \t \\ \xNN</c> are octets and <c>\repeat(600,ab)</c> is <c>ab</c> 600 times; other
/// characters are sent in UTF-8. S: lines are compared as UTF-8 octets and know the same escapes.
/// </summary>
public sealed class Transcript
{
    private readonly List<TranscriptStep> steps = [];
    private readonly Dictionary<string, string> settings = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<string> results = [];

    private Transcript(string name) => Name = name;

    /// <summary>The file's name without folder and extension.</summary>
    public string Name { get; }

    public IReadOnlyList<TranscriptStep> Steps => steps;

    /// <summary>The <c>@ name value</c> lines.</summary>
    public IReadOnlyDictionary<string, string> Settings => settings;

    /// <summary>The <c>=&gt;</c> lines.</summary>
    public IReadOnlyList<string> Results => results;

    public static Transcript Load(string path) => Parse(Path.GetFileNameWithoutExtension(path), File.ReadAllLines(path));

    /// <summary>The names of the transcripts in a folder below the test's output, for theory data.</summary>
    public static IEnumerable<string> Names(string folder) =>
        Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "Transcripts", folder), "*.transcript")
            .Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal);

    /// <summary>Loads one of <see cref="Names"/>.</summary>
    public static Transcript Load(string folder, string name) =>
        Load(Path.Combine(AppContext.BaseDirectory, "Transcripts", folder, name + ".transcript"));

    public static Transcript Parse(string name, IReadOnlyList<string> lines)
    {
        var transcript = new Transcript(name);
        for (var i = 0; i < lines.Count; i++)
        {
            if (lines[i].Length > 0 && !transcript.Add(lines[i], i + 1))
                throw new InvalidDataException($"{name} line {i + 1} is no line of a transcript: {lines[i]}");
        }

        return transcript;
    }

    private bool Add(string line, int number)
    {
        var text = line.Length > 3 ? line[3..] : "";
        switch (line.Length >= 2 ? line[..2] : line)
        {
            case "C:":
                steps.Add(new(TranscriptStepKind.Send, [.. TranscriptText.Octets(text), .. "\r\n"u8], line, number));
                return true;
            case "C-":
                steps.Add(new(TranscriptStepKind.Send, TranscriptText.Octets(text), line, number));
                return true;
            case "C!":
                steps.Add(new(TranscriptStepKind.CloseSending, [], line, number));
                return true;
            case "S:":
                steps.Add(new(TranscriptStepKind.Expect, TranscriptText.Octets(text), line, number));
                return true;
            case "S!":
                steps.Add(new(TranscriptStepKind.ExpectClose, [], line, number));
                return true;
            case "T:":
                steps.Add(new(TranscriptStepKind.Pass, [], line, number) { Time = TimeSpan.FromSeconds(double.Parse(text, CultureInfo.InvariantCulture)) });
                return true;
            case "=>":
                results.Add(Encoding.Latin1.GetString(TranscriptText.Octets(text)));
                return true;
            case ['@', ' ']:
                var (key, value) = line[2..].Trim().Split(' ', 2) is [var k, var v] ? (k, v.Trim()) : (line[2..].Trim(), "");
                settings[key] = value;
                return true;
            default:
                return line[0] == '#';
        }
    }
}

/// <summary>What a step of a transcript does.</summary>
public enum TranscriptStepKind
{
    Send,
    CloseSending,
    Expect,
    ExpectClose,
    Pass,
}

/// <param name="Kind">What it does.</param>
/// <param name="Octets">What is sent, or expected without its CRLF.</param>
/// <param name="Line">The line of the file.</param>
/// <param name="Number">Its number in the file.</param>
public sealed record TranscriptStep(TranscriptStepKind Kind, byte[] Octets, string Line, int Number)
{
    /// <summary>How much time passes, for <see cref="TranscriptStepKind.Pass"/>.</summary>
    public TimeSpan Time { get; init; }
}
