using System.Diagnostics.Metrics;
using Orleans.Mail.Protocols.Sasl;

namespace Orleans.Mail.Gateway.Logins;

/// <summary>Figures of the meter <c>mail.login</c>.</summary>
public sealed class LoginMetrics
{
    public const string MeterName = "mail.login";

    private static readonly string[] Mechanisms = [.. SaslMechanisms.All.Select(each => SaslMechanisms.NameOf(each).ToLowerInvariant())];

    private readonly Counter<long> attempts;
    private readonly Counter<long> derivations;
    private readonly Counter<long> cached;

    public LoginMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        attempts = meter.CreateCounter<long>("mail.login.attempts", "{login}", "Logins that were tried, by result and mechanism.");
        derivations = meter.CreateCounter<long>("mail.login.derivations", "{key}", "Keys derived from passwords by PBKDF2.");
        cached = meter.CreateCounter<long>("mail.login.cached", "{login}", "Logins that the cache of verified logins accepted.");
    }

    /// <param name="status">How it ended.</param>
    /// <param name="mechanism">Null = USER and PASS.</param>
    internal void CountAttempt(LoginStatus status, SaslMechanism? mechanism) => attempts.Add(
        1,
        new KeyValuePair<string, object?>("result", status switch
        {
            LoginStatus.Accepted => "accepted",
            LoginStatus.Refused => "refused",
            _ => "unavailable",
        }),
        new KeyValuePair<string, object?>("mechanism", mechanism is { } sasl ? Mechanisms[(int)sasl] : "pass"));

    internal void CountDerivation() => derivations.Add(1);

    internal void CountCached() => cached.Add(1);
}
