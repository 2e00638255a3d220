using System.Text.Json;
using System.Text.RegularExpressions;

namespace Orleans.Mail.Deploy.Tests.Images;

/// <summary>deploy/Dockerfile, read into its stages.</summary>
internal sealed partial class Dockerfile
{
    private readonly Dictionary<string, string> arguments = [];

    private Dockerfile()
    {
    }

    public Dictionary<string, Stage> Stages { get; } = [];

    public static Dockerfile Read()
    {
        var file = new Dockerfile();
        Stage? stage = null;
        foreach (var (word, rest) in Instructions(Repository.Read("deploy/Dockerfile")))
        {
            if (word == "ARG" && stage is null)
                file.arguments[rest.Split('=')[0]] = rest[(rest.IndexOf('=', StringComparison.Ordinal) + 1)..];
            else if (word == "FROM")
                file.Stages.Add((stage = file.From(rest)).Name, stage);
            else
                stage!.Instructions.Add((word, rest));
        }

        return file;
    }

    /// <summary>The environment of an image, that of its bases included.</summary>
    public IReadOnlyDictionary<string, string> EnvironmentOf(string name)
    {
        var stage = Stages[name];
        var environment = Stages.ContainsKey(stage.Base) ? new Dictionary<string, string>(EnvironmentOf(stage.Base)) : [];
        foreach (var (_, rest) in stage.Instructions.Where(each => each.Word == "ENV"))
        {
            foreach (Match setting in Setting().Matches(rest))
                environment[setting.Groups[1].Value] = setting.Groups[2].Value.Trim('"');
        }

        return environment;
    }

    /// <summary>The last such instruction of an image, those of its bases included.</summary>
    public string? Find(string name, string word)
    {
        var stage = Stages[name];
        var own = stage.Instructions.LastOrDefault(each => each.Word == word).Text;
        return own ?? (Stages.ContainsKey(stage.Base) ? Find(stage.Base, word) : null);
    }

    /// <summary>The words of an instruction in exec form; fails on the shell form, which needs a shell.</summary>
    public string[] Exec(string name, string word)
    {
        var text = Find(name, word);
        Assert.NotNull(text);
        return JsonSerializer.Deserialize<string[]>(text[text.IndexOf('[', StringComparison.Ordinal)..])!;
    }

    private static IEnumerable<(string Word, string Text)> Instructions(string text)
    {
        var lines = text.Split('\n').Where(line => !line.TrimStart().StartsWith('#') && line.Trim().Length > 0);
        foreach (var line in string.Join('\n', lines).Replace("\\\n", " ", StringComparison.Ordinal).Split('\n'))
            yield return (line.Split(' ')[0], line[(line.IndexOf(' ', StringComparison.Ordinal) + 1)..].Trim());
    }

    private Stage From(string rest)
    {
        var words = rest.Split(' ').Where(word => !word.StartsWith("--", StringComparison.Ordinal)).ToArray();
        Assert.Equal("AS", words[1]);
        return new(words[2], Variable().Replace(words[0], variable => arguments[variable.Groups[1].Value]));
    }

    [GeneratedRegex("""(\w+)=("[^"]*"|\S+)""")]
    private static partial Regex Setting();

    [GeneratedRegex(@"\$\{(\w+)\}")]
    private static partial Regex Variable();

    /// <param name="Name">How other stages call it.</param>
    /// <param name="Base">The image or the stage that it begins with.</param>
    internal sealed record Stage(string Name, string Base)
    {
        public List<(string Word, string Text)> Instructions { get; } = [];
    }
}
