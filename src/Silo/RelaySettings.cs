using System.Net;
using Orleans.Mail.Gateway.Configuration;
using Orleans.Mail.Gateway.Hosting;
using Orleans.Mail.Relay;

namespace Orleans.Mail.Silo;

/// <summary>The parameters of outgoing mail.</summary>
internal static class RelaySettings
{
    public static RelayOptions From(Parameters parameters, bool development)
    {
        var defaults = new RelayOptions();
        return new RelayOptions
        {
            HostName = GatewayOptions.From(parameters, development).HostName,
            SourceAddress = parameters.Find("Relay:SourceAddress") is null ? null : parameters.Address("Relay:SourceAddress", IPAddress.Any),
            SmartHostUser = parameters.Text("Relay:SmartHostUser", ""),
            SmartHostPassword = parameters.Text("Relay:SmartHostPassword", ""),
            SmartHostAnyCertificate = parameters.Switch("Relay:SmartHostAnyCertificate", defaults.SmartHostAnyCertificate),
            RequireTls = parameters.Switch("Relay:RequireTls", defaults.RequireTls),
            IdleTime = parameters.Seconds("Relay:IdleTime", defaults.IdleTime, TimeSpan.Zero, TimeSpan.FromHours(1)),
            MaxMessages = parameters.WholeNumber("Relay:MaxMessages", defaults.MaxMessages, 1, 1_000_000),
            ConnectTimeout = Timeout(parameters, "TIMEOUT_SOCK", defaults.ConnectTimeout),
            HelloTimeout = Timeout(parameters, "TIMEOUT_SMTP1", defaults.HelloTimeout),
            MailTimeout = Timeout(parameters, "TIMEOUT_SMTP2", defaults.MailTimeout),
            RcptTimeout = Timeout(parameters, "TIMEOUT_SMTP3", defaults.RcptTimeout),
            DataTimeout = Timeout(parameters, "TIMEOUT_SMTP4", defaults.DataTimeout),
            EndTimeout = Timeout(parameters, "TIMEOUT_SMTP5", defaults.EndTimeout),
        };
    }

    private static TimeSpan Timeout(Parameters parameters, string name, TimeSpan fallback) =>
        parameters.Seconds(name, fallback, TimeSpan.FromSeconds(1), TimeSpan.FromDays(1));
}
