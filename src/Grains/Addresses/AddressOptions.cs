namespace Orleans.Mail.Grains;

/// <summary>Addresses.</summary>
public sealed class AddressOptions
{
    /// <summary>
    /// How old the copy of an account may be that a login is checked against; an older one is read again. It bounds how
    /// long a second activation, which exists for moments when a silo dies, lets an old password in. Default: 5 s.
    /// </summary>
    public TimeSpan LoginFreshness { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a deletion may stand still before <see cref="IWorkGrain"/> looks after it. Default: 1 min.</summary>
    public TimeSpan WorkGrace { get; set; } = TimeSpan.FromMinutes(1);
}
