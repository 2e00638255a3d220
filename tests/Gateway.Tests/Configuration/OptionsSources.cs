using Microsoft.Extensions.Configuration;
using Orleans.Mail.Gateway.Abuse;
using Orleans.Mail.Gateway.Configuration;
using Orleans.Mail.Gateway.Footers;
using Orleans.Mail.Gateway.Health;
using Orleans.Mail.Gateway.Hosting;
using Orleans.Mail.Gateway.Logging;
using Orleans.Mail.Gateway.Logins;
using Orleans.Mail.Gateway.Manage;
using Orleans.Mail.Gateway.Pop3;
using Orleans.Mail.Gateway.Relaying;
using Orleans.Mail.Gateway.Smtp;
using Orleans.Mail.Gateway.Tls;

namespace Orleans.Mail.Gateway.Tests.Configuration;

/// <summary>Everything in the gateway that reads parameters.</summary>
internal static class OptionsSources
{
    public static readonly IReadOnlyList<Func<Parameters, object>> All =
    [
        ClusterTlsOptions.From,
        parameters => FooterOptions.From(parameters, development: false),
        parameters => GatewayOptions.From(parameters, development: false),
        parameters => HealthOptions.From(parameters, development: false),
        LimitOptions.From,
        LoginOptions.From,
        ManagementOptions.From,
        parameters => MailLogOptions.From(parameters, "data"),
        Pop3Options.From,
        RateOptions.From,
        parameters => RelayOptions.From(parameters, GatewayOptions.From(parameters, development: false)),
        SmtpOptions.From,
        StorageSettings.From,
        parameters => TlsOptions.From(parameters, "mx.acme.test", development: false),
    ];

    /// <summary>Parameters that other rooms read.</summary>
    public static readonly IReadOnlyList<string> Elsewhere =
        [
            "Storage:Path", "Storage:SweepAge", "FILE_PID", "FILE_DSN_FAIL", "FILE_DSN_DELA", "CFG_HOR_RETRY_MAIL", "CFG_MIN_QUEUE", "CFG_NUM_QUEUE", "Queue:DelayNoticeAfter", "Queue:DailyCap", "Abuse:LoginFailures", "Abuse:AccountFailures", "Abuse:SiteBlocks", "CFG_POSTMASTER", "Cluster:Id", "Silo:Port", "Silo:Address", "Silo:GatewayPort", "Gateway:Hosted",
            "OTEL_EXPORTER_OTLP_ENDPOINT",
            "Pipe:Programs", "Pipe:User", "Pipe:Concurrency", "Pipe:TimeLimit", "Pipe:OutputLimit", "Pipe:LineEnds",
            "TIMEOUT_SOCK", "Relay:SmartHostUser", "Relay:SmartHostPassword", "Relay:SmartHostAnyCertificate",
            "Relay:SourceAddress", "Relay:RequireTls", "Relay:IdleTime", "Relay:MaxMessages",
            "TIMEOUT_DNS", "Dns:Servers", "Relay:SmartHost", "Relay:Port", "Relay:OwnAddresses", "Relay:AllowLoopback", "Relay:MaxConnections", "Relay:MaxConnectionsPerDestination", "Relay:MaxMessagesPerMinute",
        ];

    public static Parameters Of(params (string Name, string? Value)[] values) => new(Build(values));

    public static IConfigurationRoot Build(params (string Name, string? Value)[] values) =>
        new ConfigurationBuilder().AddInMemoryCollection(values.Select(each => KeyValuePair.Create(each.Name, each.Value))).Build();

    /// <summary>All options as text, for comparison.</summary>
    public static IReadOnlyList<string> Read(Parameters parameters) => [.. All.Select(read => Describe(read(parameters)))];

    private static string Describe(object options) => $"{options.GetType().Name}: " + string.Join(
        ", ",
        options.GetType().GetProperties().Where(property => property.GetIndexParameters().Length == 0).Select(property => $"{property.Name}={Text(property.GetValue(options))}"));

    private static string? Text(object? value) =>
        value is System.Collections.IEnumerable many and not string ? $"[{string.Join(' ', many.Cast<object>())}]" : value?.ToString();
}
