using Orleans.Mail.Gateway.Configuration;
using Orleans.Mail.Protocols.Sasl;

namespace Orleans.Mail.Gateway.Logins;

/// <summary>How passwords are kept and logins are checked.</summary>
public sealed record LoginOptions
{
    /// <summary>The least that RFC 7677 section 4 allows.</summary>
    public const int MinScramIterations = 4096;

    /// <summary>
    /// Accounts:ScramIterations: rounds of PBKDF2 in a new verifier; one with fewer is made anew when its user next logs in
    /// with the password. A SCRAM client pays them as the server does, and the first login of each user after a start pays them
    /// once. Default: 15,000, some 5 ms of one core.
    /// </summary>
    public int ScramIterations { get; init; } = 15_000;

    /// <summary>Logins:CacheSize: verified logins that are remembered, so that they cost no PBKDF2; 0 = none. Default: 100,000, at most some 25 MB.</summary>
    public int CacheSize { get; init; } = 100_000;

    /// <summary>Logins:FailureDelay, seconds: when the first failed login of a connection is answered, counted from the command; doubled for each further one. Default: 1 s.</summary>
    public TimeSpan FailureDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The most that <see cref="FailureDelay"/> grows to.</summary>
    public TimeSpan MaxFailureDelay { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Logins:MaxFailures: failed logins after which a connection is closed. Default: 5.</summary>
    public int MaxFailures { get; init; } = 5;

    /// <summary>Auth:Mechanisms: the SASL mechanisms that are offered, the best first. Default: all.</summary>
    public IReadOnlyList<SaslMechanism> Mechanisms { get; init; } = SaslMechanisms.All;

    /// <summary>Auth:AllowPlaintext: whether clients that are not on this machine may authenticate without TLS. Default: false.</summary>
    public bool AllowPlaintext { get; init; }

    /// <summary>CFG_LOCALDOMAIN: completes a bare name. Default: none.</summary>
    public string? LocalDomain { get; init; }

    public static LoginOptions From(Parameters parameters)
    {
        var defaults = new LoginOptions();
        return new()
        {
            ScramIterations = parameters.WholeNumber("Accounts:ScramIterations", defaults.ScramIterations, MinScramIterations, 10_000_000),
            CacheSize = parameters.WholeNumber("Logins:CacheSize", defaults.CacheSize, 0, 10_000_000),
            FailureDelay = parameters.Seconds("Logins:FailureDelay", defaults.FailureDelay, TimeSpan.Zero, defaults.MaxFailureDelay),
            MaxFailures = parameters.WholeNumber("Logins:MaxFailures", defaults.MaxFailures, 1, 1000),
            Mechanisms = ReadMechanisms(parameters, defaults.Mechanisms),
            AllowPlaintext = parameters.Switch("Auth:AllowPlaintext", defaults.AllowPlaintext),
            LocalDomain = parameters.Domain("CFG_LOCALDOMAIN"),
        };
    }

    private static IReadOnlyList<SaslMechanism> ReadMechanisms(Parameters parameters, IReadOnlyList<SaslMechanism> fallback)
    {
        const string Name = "Auth:Mechanisms";
        if (parameters.Find(Name) is not { } value)
            return fallback;
        return [.. value.Split([',', ' '], StringSplitOptions.RemoveEmptyEntries).Select(each => SaslMechanisms.Find(each) ?? throw Refused(value)).Distinct()];

        static ParameterException Refused(string value) =>
            new(Name, value, string.Join(", ", SaslMechanisms.All.Select(SaslMechanisms.NameOf)));
    }
}
