namespace Orleans.Mail.Protocols.Manage;

/// <summary>
/// Reads <c>NOUN [VERB] [KEY=value | "KEY=va lue" | KEY="va lue" | FLAG]...</c> by <see cref="ManageTable"/>: nouns, verbs
/// and keys in any case. What it lets through names a known command with known parameters, each once, in one of the
/// command's forms.
/// </summary>
public static class ManageParser
{
    /// <summary>Reads a line that is not blank. When it returns false, <paramref name="refusal"/> is the answer.</summary>
    public static bool TryParse(string line, out ManageRequest request, out ManageStatus refusal)
    {
        request = null!;
        var tokens = new List<string>();
        if (ManageTokens.TrySplit(line, tokens) is { } fault)
        {
            refusal = new ManageStatus(ManageFamily.Session, ManageEnding.Syntax, fault);
            return false;
        }

        if (AsksForHelp(tokens))
        {
            request = new ManageRequest(ManageTable.Help, [tokens[0]], new Dictionary<ManageKey, string>());
            refusal = default;
            return true;
        }

        if (Find(tokens) is not var (command, used))
        {
            refusal = Unknown(tokens[0]);
            return false;
        }

        tokens.RemoveRange(0, used);
        if (command.Words.Count > 0)
            return TryTakeWords(command, tokens, out request, out refusal);
        return TryTakeParameters(command, tokens, out request, out refusal);
    }

    /// <summary>Finds the command with the longest name that the line begins with, and how many words that is.</summary>
    private static (ManageCommand Command, int Words)? Find(List<string> tokens)
    {
        (ManageCommand Command, int Words)? best = null;
        foreach (var command in ManageTable.Commands)
        {
            foreach (var name in (ReadOnlySpan<string?>)[command.Name, command.Alias])
            {
                var words = name is null ? [] : name.Split(' ');
                if (words.Length > (best?.Words ?? 0) && tokens.Take(words.Length).SequenceEqual(words, StringComparer.OrdinalIgnoreCase))
                    best = (command, words.Length);
            }
        }

        return best;
    }

    /// <summary>Whether it is <c>NOUN HELP</c>; <c>LOGIN HELP</c> is a login with that password.</summary>
    private static bool AsksForHelp(List<string> tokens) =>
        tokens.Count == 2
        && tokens[1].Equals(ManageTable.Help.Name, StringComparison.OrdinalIgnoreCase)
        && ManageTable.CommandsOf(tokens[0]) is { Count: > 0 } commands
        && commands[0].Words.Count == 0;

    private static ManageStatus Unknown(string noun)
    {
        var commands = ManageTable.CommandsOf(noun);
        if (commands.Count == 0)
            return new(ManageFamily.Session, ManageEnding.UnknownCommand, ManageTexts.UnknownCommand(noun));
        var verbs = commands.Select(command => command.Name[(command.Noun.Length + 1)..]).Append(ManageTable.Help.Name);
        return new(commands[0].Family, ManageEnding.UnknownCommand, ManageTexts.UnknownVerb(commands[0].Noun, string.Join(", ", verbs)));
    }

    private static bool TryTakeWords(ManageCommand command, List<string> tokens, out ManageRequest request, out ManageStatus refusal)
    {
        var required = command.Words.Where(word => word[0] != '[').ToArray();
        request = new ManageRequest(command, tokens, new Dictionary<ManageKey, string>());
        refusal = tokens.Count < required.Length ? request.Status(ManageEnding.Missing, ManageTexts.Missing(required[tokens.Count]))
            : tokens.Count > command.Words.Count ? request.Status(ManageEnding.Syntax, ManageTexts.TooManyWords(command.Syntax))
            : default;
        return refusal == default;
    }

    private static bool TryTakeParameters(ManageCommand command, List<string> tokens, out ManageRequest request, out ManageStatus refusal)
    {
        var values = new Dictionary<ManageKey, string>();
        request = new ManageRequest(command, [], values);
        foreach (var token in tokens)
        {
            if (TakeParameter(command, token, values) is { } fault)
            {
                refusal = request.Status(ManageEnding.Syntax, fault);
                return false;
            }
        }

        refusal = ManageForms.Check(request) ?? ManageValues.Check(request) ?? default;
        return refusal == default;
    }

    private static string? TakeParameter(ManageCommand command, string token, Dictionary<ManageKey, string> values)
    {
        var equals = token.IndexOf('=', StringComparison.Ordinal);
        var name = equals < 0 ? token : token[..equals];
        if (name.Length == 0)
            return ManageTexts.NameMissing;
        if (FindKey(command, name, isFlag: equals < 0) is not { } key)
            return ManageTexts.UnknownKey(name);
        if (equals < 0 && key.Kind != ManageValueKind.Flag)
            return ManageTexts.NeedsValue(key.Name);
        if (equals >= 0 && key.Kind == ManageValueKind.Flag)
            return ManageTexts.TakesNoValue(key.Name);
        return values.TryAdd(key, equals < 0 ? "" : token[(equals + 1)..]) ? null : ManageTexts.RepeatedKey(key.Name);
    }

    /// <summary>The parameter of a name. DENY DEL has each as a flag and with a value.</summary>
    private static ManageKey? FindKey(ManageCommand command, string name, bool isFlag) =>
        command.Keys.Where(key => key.IsNamed(name)).OrderBy(key => (key.Kind == ManageValueKind.Flag) != isFlag).FirstOrDefault();
}
