namespace Orleans.Mail.Protocols.Pop3;

/// <summary>What is wrong with a command line.</summary>
public enum Pop3Fault
{
    None = 0,

    /// <summary>The arguments are not what the command takes, or hold octets that no argument may hold.</summary>
    Syntax = 1,

    /// <summary>The line was longer than allowed and was thrown away.</summary>
    LineTooLong = 2,
}

/// <summary>A command line. Which members have a value depends on <see cref="Verb"/>.</summary>
public readonly record struct Pop3Command(Pop3Verb Verb)
{
    /// <summary>When there is one, only <see cref="Verb"/> is known.</summary>
    public Pop3Fault Fault { get; init; }

    /// <summary>The name of USER, the password of PASS, the mechanism of AUTH in upper case.</summary>
    public string? Text { get; init; }

    /// <summary>AUTH: what came after the mechanism; null when nothing did.</summary>
    public string? InitialResponse { get; init; }

    /// <summary>The number of a message; null when none was given. A number too large for any message is <see cref="int.MaxValue"/>.</summary>
    public int? Message { get; init; }

    /// <summary>TOP: lines of the body.</summary>
    public int Lines { get; init; }

    /// <summary>The verb only: a command may hold a password.</summary>
    public override string ToString() => Verb.ToString();
}
