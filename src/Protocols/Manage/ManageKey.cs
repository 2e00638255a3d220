namespace Orleans.Mail.Protocols.Manage;

/// <summary>What a parameter may hold.</summary>
public enum ManageValueKind
{
    /// <summary>A word that stands alone, without a value.</summary>
    Flag,
    Text,
    Password,

    /// <summary>The name of a user, without its domain.</summary>
    Name,
    Domain,

    /// <summary>An address <c>user@domain</c>, local or remote; empty = none.</summary>
    Mailbox,

    /// <summary>A program with its arguments.</summary>
    Program,

    /// <summary>A size in KB of 1,024 bytes; empty = 0 = no limit.</summary>
    Kilobytes,

    /// <summary>A number of things; empty = 0 = no limit.</summary>
    Count,

    /// <summary>on or off.</summary>
    Switch,

    /// <summary>One of <see cref="ManageKey.Choices"/>.</summary>
    Choice,

    /// <summary>A file of the host that runs the gateway; empty = none.</summary>
    TextFile,

    /// <summary>An IP address, or a prefix of addresses <c>address/length</c>.</summary>
    Network,

    /// <summary>A domain, or <c>.domain</c> for its subdomains.</summary>
    DomainPattern,

    /// <summary>An address <c>user@domain</c>, local or remote.</summary>
    Address,

    /// <summary>An address <c>user@domain</c>, or <c>&lt;&gt;</c> for none.</summary>
    Sender,

    /// <summary>The id of a message.</summary>
    MessageId,
}

/// <summary>A parameter of commands.</summary>
/// <param name="Name">Its name in upper case.</param>
/// <param name="Kind">What it may hold.</param>
/// <param name="Help">What it means, for HELP and the reference.</param>
public sealed record ManageKey(string Name, ManageValueKind Kind, string Help)
{
    /// <summary>Another name of the same parameter.</summary>
    public string? Alias { get; init; }

    /// <summary>What a <see cref="ManageValueKind.Choice"/> may be.</summary>
    public IReadOnlyList<string> Choices { get; init; } = [];

    /// <summary>Whether a choice can be cleared with nothing.</summary>
    public bool MayBeEmpty { get; init; }

    /// <summary>How it is written: <c>NAME=&lt;name&gt;</c>.</summary>
    public string Syntax => Kind switch
    {
        ManageValueKind.Flag => Name,
        ManageValueKind.Switch => $"{Name}=on|off",
        ManageValueKind.TextFile => $"{Name}=<file>",
        ManageValueKind.Choice => $"{Name}={string.Join('|', Choices)}",
        ManageValueKind.Kilobytes => $"{Name}=<KB>",
        ManageValueKind.Count => $"{Name}=<number>",
        ManageValueKind.Network => $"{Name}=<ip/mask>",
        ManageValueKind.DomainPattern => $"{Name}=<domain>",
        ManageValueKind.Address or ManageValueKind.Sender => $"{Name}=<mailbox>",
        ManageValueKind.MessageId => $"{Name}=<id>",
        _ => $"{Name}=<{Kind.ToString().ToLowerInvariant()}>",
    };

    public bool IsNamed(string name) =>
        name.Equals(Name, StringComparison.OrdinalIgnoreCase) || name.Equals(Alias, StringComparison.OrdinalIgnoreCase);
}
