using System.Globalization;

namespace Orleans.Mail.Gateway.Configuration;

/// <summary>A parameter of the configuration: a row of <see cref="ParameterTable"/>.</summary>
/// <param name="Name">Its name; as an environment variable with <c>__</c> for <c>:</c>.</param>
/// <param name="Default">The value while it is not set, as it would be set; in parentheses a default that the machine decides.</param>
/// <param name="Meaning">What it does, with its unit.</param>
public sealed record ParameterInfo(string Name, string Default, string Meaning)
{
    private readonly string? allowed;

    /// <summary>What it may be.</summary>
    public string Allowed
    {
        get => allowed ?? (Range is var (min, max) ? string.Create(CultureInfo.InvariantCulture, $"{min} to {max}") : "text");
        init => allowed = value;
    }

    /// <summary>The least and the largest number that it may be; null when it is no number.</summary>
    public (long Min, long Max)? Range { get; init; }

    /// <summary>Another spelling of the name, in every source.</summary>
    public string? Spelling { get; init; }

    /// <summary>Whether its value is never shown.</summary>
    public bool IsSecret { get; init; }

    /// <summary>Why it has no effect, in full words; null when it has one.</summary>
    public string? NoEffect { get; init; }

    /// <summary>Whether the default is decided by the machine and cannot be set as it stands.</summary>
    public bool HasComputedDefault => Default is ['(', ..];

    public bool IsNamed(string name) =>
        name.Equals(Name, StringComparison.OrdinalIgnoreCase) || name.Equals(Spelling, StringComparison.OrdinalIgnoreCase);
}
