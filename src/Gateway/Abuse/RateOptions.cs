using Orleans.Mail.Gateway.Configuration;

namespace Orleans.Mail.Gateway.Abuse;

/// <summary>How much clients may do in a time, at each gateway. The budgets of failed logins are the cluster's (see <see cref="IClientBudgetGrain"/>).</summary>
public sealed record RateOptions
{
    /// <summary>The most that a parameter may allow.</summary>
    public const int Most = 1_000_000;

    /// <summary>Abuse:ConnectionRate: connections of an address in a minute; 0 = any number. Default: 0, as with others (Postfix' smtpd_client_connection_rate_limit).</summary>
    public int ConnectionRate { get; init; }

    /// <summary>Abuse:MessageRate: MAIL commands of an address in a minute; 0 = any number. Default: 0.</summary>
    public int MessageRate { get; init; }

    /// <summary>Abuse:AccountLoginRate: logins of an account in a minute; 0 = any number. Default: 0.</summary>
    public int AccountLoginRate { get; init; }

    /// <summary>Abuse:AccountMessageRate: MAIL commands of an account in a minute; 0 = any number. Default: 0.</summary>
    public int AccountMessageRate { get; init; }

    /// <summary>Abuse:Probes: recipients that do not exist (550 5.1.1) which an address may name within <see cref="Window"/> before it is blocked; 0 = any number. Default: 100.</summary>
    public int Probes { get; init; } = 100;

    /// <summary>Abuse:Window, minutes: in this time so many failures and probes as are allowed are forgotten. Default: 15 min.</summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>Abuse:BlockTime, minutes: how long a block lasts. Default: 60 min.</summary>
    public TimeSpan BlockTime { get; init; } = TimeSpan.FromMinutes(60);

    public static RateOptions From(Parameters parameters)
    {
        var defaults = new RateOptions();
        return new()
        {
            ConnectionRate = parameters.WholeNumber("Abuse:ConnectionRate", defaults.ConnectionRate, 0, Most),
            MessageRate = parameters.WholeNumber("Abuse:MessageRate", defaults.MessageRate, 0, Most),
            AccountLoginRate = parameters.WholeNumber("Abuse:AccountLoginRate", defaults.AccountLoginRate, 0, Most),
            AccountMessageRate = parameters.WholeNumber("Abuse:AccountMessageRate", defaults.AccountMessageRate, 0, Most),
            Probes = parameters.WholeNumber("Abuse:Probes", defaults.Probes, 0, Most),
            Window = TimeSpan.FromMinutes(parameters.WholeNumber("Abuse:Window", (int)defaults.Window.TotalMinutes, 1, 10_080)),
            BlockTime = TimeSpan.FromMinutes(parameters.WholeNumber("Abuse:BlockTime", (int)defaults.BlockTime.TotalMinutes, 1, 10_080)),
        };
    }
}
