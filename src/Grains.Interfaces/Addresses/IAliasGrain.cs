namespace Orleans.Mail;

/// <summary>The alias face of an address (<see cref="IAddressGrain"/>, the same grain and key).</summary>
[Alias("mail.IAliasGrain")]
public interface IAliasGrain : IGrainWithStringKey
{
    /// <summary>Creates the alias: one insert-if-absent.</summary>
    [Alias("Create"), ResponseTimeout("00:00:10")]
    Task<NameResult> CreateAsync(AliasTarget target);

    /// <summary>Where the alias leads, or null when the name is no alias.</summary>
    [Alias("Read"), ResponseTimeout("00:00:05")]
    Task<AliasTarget?> ReadAsync();

    [Alias("Change"), ResponseTimeout("00:00:10")]
    Task<NameResult> ChangeAsync(AliasTarget target);

    [Alias("Delete"), ResponseTimeout("00:00:10")]
    Task<NameResult> DeleteAsync();
}

/// <summary>Where an alias leads: exactly one of the two is given.</summary>
/// <param name="Forward">An address <c>user@domain</c>, local or remote.</param>
/// <param name="Pipe">A program with its arguments.</param>
[GenerateSerializer, Immutable, Alias("mail.AliasTarget")]
public sealed record AliasTarget(
    [property: Id(0)] string Forward,
    [property: Id(1)] string Pipe);
