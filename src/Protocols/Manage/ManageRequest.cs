using System.Globalization;

namespace Orleans.Mail.Protocols.Manage;

/// <summary>A command with its parameters, which keep the rules of <see cref="ManageTable"/>.</summary>
public sealed class ManageRequest(ManageCommand command, IReadOnlyList<string> words, IReadOnlyDictionary<ManageKey, string> values)
{
    public ManageCommand Command => command;

    /// <summary>The plain words of a command that takes them.</summary>
    public IReadOnlyList<string> Words => words;

    /// <summary>The parameters as they were given; a flag has an empty value.</summary>
    public IReadOnlyDictionary<ManageKey, string> Values => values;

    public bool Has(ManageKey key) => values.ContainsKey(key);

    /// <summary>The value of a parameter that the form requires.</summary>
    public string this[ManageKey key] => values[key];

    /// <summary>The value of a parameter, or null when it was not given.</summary>
    public string? Find(ManageKey key) => values.GetValueOrDefault(key);

    /// <summary>A size or a count, or null when it was not given; given with nothing it is 0.</summary>
    public long? FindNumber(ManageKey key) => Find(key) switch
    {
        null => null,
        "" => 0,
        var value => long.Parse(value, CultureInfo.InvariantCulture),
    };

    /// <summary>Whether a switch is on, or null when it was not given.</summary>
    public bool? FindSwitch(ManageKey key) => Find(key)?.Equals("on", StringComparison.OrdinalIgnoreCase);

    /// <summary>The number that a choice stands for, or null when it was not given.</summary>
    public int? FindChoice(ManageKey key) => Find(key) is { } value ? int.Parse(value, CultureInfo.InvariantCulture) : null;

    /// <summary>A status line about this command.</summary>
    public ManageStatus Status(ManageEnding ending, string text) => new(command.Family, ending, text);

    public ManageStatus Done(string text) => Status(ManageEnding.Done, text);
}
