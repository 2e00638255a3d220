using System.Diagnostics.Metrics;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Orleans.Mail.Gateway.Cluster;
using Orleans.Mail.Gateway.Configuration;
using Orleans.Mail.Gateway.Domains;
using Orleans.Mail.Gateway.Hosting;
using Orleans.Mail.Gateway.Logins;
using Orleans.Mail.Gateway.Smtp;
using Orleans.Mail.Gateway.Tests.Abuse;
using Orleans.Mail.Gateway.Tests.Perimeters;
using Orleans.Mail.Gateway.Tests.Pop3;
using Orleans.Mail.Gateway.Tls;

namespace Orleans.Mail.Gateway.Tests.Smtp;

/// <summary>An SMTP server whose clock, store and grains belong to the test. Settings are the server's parameters, and <c>submit</c>, <c>store</c>, <c>domains</c>, <c>deny</c>, <c>tls</c>, <c>fault GetLogin</c>. The client is a stranger unless CFG_LOCALIP says otherwise.</summary>
internal sealed partial class SmtpWorld : IAsyncDisposable
{
    private readonly ServiceProvider services = new ServiceCollection().AddMetrics().BuildServiceProvider();

    private readonly ScramKeys keys;

    private SmtpWorld(IReadOnlyDictionary<string, string> settings)
    {
        Router = new FakeRouter(Addresses) { Postmaster = settings.GetValueOrDefault("CFG_POSTMASTER") };
        var strangers = new Dictionary<string, string?> { ["CFG_LOCALIP"] = "192.0.2.1", ["Accounts:ScramIterations"] = "4096", ["Logins:FailureDelay"] = "0" };
        var parameters = new Parameters(new ConfigurationBuilder().AddInMemoryCollection(strangers).AddInMemoryCollection(settings!).Build());
        Permits = new(Time);
        Abuse = new(Time);
        var grains = FakeGrainFactory.Create((kind, key) =>
            kind == typeof(IAddressGrain) ? Addresses.Find((string)key)
            : kind == typeof(ISubmissionGrain) ? Router
            : kind == typeof(IDenyListGrain) ? DenyLists.Find((string)key)
            : kind == typeof(IRelayPermitGrain) ? Permits.Find((string)key)
            : kind == typeof(IAccountGrain) ? Accounts.Find((string)key)
            : kind == typeof(IClusterGrain) ? Addresses
            : Abuse.Resolve(kind, key) ?? throw new NotSupportedException(kind.Name));
        if (settings.TryGetValue("submit", out var answers))
        {
            Router.Answers.Clear();
            foreach (var answer in answers.Split(' '))
                Router.Answers.Enqueue(answer);
        }

        if (settings.TryGetValue("store", out var store))
            Bodies.FailAfter = long.Parse(store, System.Globalization.CultureInfo.InvariantCulture);
        var gateway = GatewayOptions.From(parameters, development: false) with { HostName = "mx.acme.test" };
        Perimeter = new(parameters, gateway, grains, Time, services.GetRequiredService<IMeterFactory>());
        Connections = new ClientConnections(LimitOptions.From(parameters), gateway, Time, ConnectionLog);
        if (settings.TryGetValue("fault", out var fault) && fault == "GetLogin")
            Accounts.Fault = new TimeoutException("the silo does not answer");
        var loginOptions = LoginOptions.From(parameters);
        var loginMetrics = new LoginMetrics(services.GetRequiredService<IMeterFactory>());
        keys = new ScramKeys(loginOptions, loginMetrics);
        Logins = new LoginService(grains, Domains, keys, loginOptions, loginMetrics, Perimeter.Guard(), Time, LoginLog);
        Metrics = new SmtpMetrics(services.GetRequiredService<IMeterFactory>(), Time);
        Handler = new SmtpConnectionHandler(
            Connections, new ServerCertificates(new TlsOptions { SelfSigned = settings.ContainsKey("tls") }, Time, NullLogger<ServerCertificates>.Instance), gateway, Perimeter.Perimeter, SmtpOptions.From(parameters), Logins, loginOptions, Domains, grains, Bodies, Counters, new RecentMessages(Time), Metrics, Perimeter.Log, Time, Log);
    }

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));

    public FakeAddresses Addresses { get; } = new();

    public FakeAccounts Accounts { get; } = new();

    public LoginService Logins { get; }

    public HeardLog<SmtpConnectionHandler> Log { get; } = new();

    public HeardLog<LoginService> LoginLog { get; } = new();

    public HeardLog<ClientConnections> ConnectionLog { get; } = new();

    public FakeDenyLists DenyLists { get; } = new();

    public FakePermits Permits { get; }

    public FakeAbuse Abuse { get; }

    public TestPerimeter Perimeter { get; }

    public FakeRouter Router { get; }

    public FakeBodies Bodies { get; } = new();

    public DomainDirectory Domains { get; } = new();

    public GatewayCounters Counters { get; } = new();

    public ClientConnections Connections { get; }

    public SmtpMetrics Metrics { get; }

    public SmtpConnectionHandler Handler { get; }

    public static async Task<SmtpWorld> StartAsync(IReadOnlyDictionary<string, string> settings)
    {
        var world = new SmtpWorld(settings);
        if (!settings.TryGetValue("domains", out var domains) || domains != "unknown")
            await world.Domains.RefreshAsync(world.Addresses);
        if (settings.TryGetValue("deny", out var denied))
            await world.DenyLists.AddAsync(denied.Split(' '));
        await world.Perimeter.Denied.RefreshAsync();
        await world.Connections.StartAsync(CancellationToken.None);
        return world;
    }

    public static Task<SmtpWorld> StartAsync(params (string Name, string Value)[] settings) =>
        StartAsync(settings.ToDictionary(setting => setting.Name, setting => setting.Value));

    /// <summary>What was delivered, a text a message: sender, mailboxes and the message without the fields that we add.</summary>
    public IReadOnlyList<string> Deliveries() =>
        [.. Router.Submitted.DistinctBy(attempt => attempt.Message.Id).Where(attempt => Bodies.Count > 0).Select(attempt => Describe(attempt.Envelope, attempt.Message))];

    /// <summary>The message as it was stored, split after the fields that we add.</summary>
    public (string Head, string Message) Stored(BodyRef body)
    {
        var text = Encoding.Latin1.GetString(Bodies.Octets(body));
        var head = TraceFields().Match(text);
        Assert.True(head.Success, $"no trace fields at the head of: {text[..Math.Min(text.Length, 300)]}");
        return (head.Value, text[head.Length..]);
    }

    public async ValueTask DisposeAsync()
    {
        await Connections.StoppedAsync(CancellationToken.None);
        keys.Dispose();
        await services.DisposeAsync();
    }

    private string Describe(Envelope envelope, MessageRef message) =>
        Octets($"<{envelope.Sender}> to {string.Join(' ', envelope.Recipients.Select(to => $"{to.Address}={to.Targets[0].Id}"))}: ") + Stored(message.Body).Message.Replace(message.Id.ToString(), "{id}", StringComparison.Ordinal);

    // Transcripts hold octets, each as the character of its value.
    private static string Octets(string text) => Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text));

    [GeneratedRegex(@"^Return-Path: <[^\r\n]*>\r\nReceived: from \S+ \(\[[0-9A-Fa-f.:IPv]+\]\) by mx\.acme\.test with (SMTP|(ESMTP|UTF8SMTP)S?A?) id [0-9A-Z]{26}( for <[^\r\n]*>)?;\r\n\t[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d \+0000\r\n")]
    private static partial Regex TraceFields();
}
