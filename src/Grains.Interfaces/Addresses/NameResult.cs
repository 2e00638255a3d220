namespace Orleans.Mail;

/// <summary>How a change of a name ended.</summary>
[GenerateSerializer, Alias("mail.NameOutcome")]
public enum NameOutcome
{
    Done = 0,
    NotFound = 1,

    /// <summary>The name is taken already: <see cref="NameResult.Taken"/> says by what.</summary>
    Exists = 2,

    /// <summary>The domain is not ours, or is being deleted.</summary>
    NoDomain = 3,

    /// <summary>The domain has as many users as its MAXUSERS allows.</summary>
    DomainFull = 4,
}

/// <param name="Outcome">How it ended.</param>
/// <param name="Taken">What holds the name, when it is taken.</param>
/// <param name="TakenName">The taken name: of a list's two, the one that is.</param>
[GenerateSerializer, Immutable, Alias("mail.NameResult")]
public readonly record struct NameResult(
    [property: Id(0)] NameOutcome Outcome,
    [property: Id(1)] NameKind Taken = NameKind.None,
    [property: Id(2)] string TakenName = "");
