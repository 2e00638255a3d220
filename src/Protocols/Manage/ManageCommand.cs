namespace Orleans.Mail.Protocols.Manage;

/// <summary>One way of giving a command its parameters.</summary>
/// <param name="Required">Parameters that must be there.</param>
/// <param name="Optional">Parameters that may be there.</param>
public sealed record ManageForm(IReadOnlyList<ManageKey> Required, IReadOnlyList<ManageKey> Optional)
{
    public static readonly ManageForm Empty = new([], []);

    public string Syntax => string.Join(' ', Required.Select(key => key.Syntax).Concat(Optional.Select(key => $"[{key.Syntax}]")));

    public bool Takes(ManageKey key) => Required.Contains(key) || Optional.Contains(key);
}

/// <summary>A command of the management protocol: a row of <see cref="ManageTable"/>.</summary>
/// <param name="Family">The first digits of its replies.</param>
/// <param name="Name">Noun and verb, in upper case, parted by spaces.</param>
/// <param name="Help">What it does, for HELP and the reference.</param>
/// <param name="Forms">The ways of giving its parameters.</param>
public sealed record ManageCommand(ManageFamily Family, string Name, string Help, params IReadOnlyList<ManageForm> Forms)
{
    /// <summary>Another name of the same command.</summary>
    public string? Alias { get; init; }

    /// <summary>Plain words instead of parameters, as LOGIN takes: how they are written, in brackets those that may be left out.</summary>
    public IReadOnlyList<string> Words { get; init; } = [];

    public string Noun => Name.Split(' ')[0];

    /// <summary>The whole command as it is written.</summary>
    public string Syntax => $"{Name} {(Words.Count > 0 ? string.Join(' ', Words) : string.Join(" | ", Forms.Select(form => form.Syntax)))}".TrimEnd();

    /// <summary>All parameters of all forms, each once.</summary>
    public IEnumerable<ManageKey> Keys => Forms.SelectMany(form => form.Required.Concat(form.Optional)).Distinct();
}
