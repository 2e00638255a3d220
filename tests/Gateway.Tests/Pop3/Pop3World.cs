using System.Diagnostics.Metrics;
using System.Security.Cryptography;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Mail.Gateway.Configuration;
using Orleans.Mail.Gateway.Domains;
using Orleans.Mail.Gateway.Hosting;
using Orleans.Mail.Gateway.Logins;
using Orleans.Mail.Gateway.Pop3;
using Orleans.Mail.Gateway.Tests.Abuse;
using Orleans.Mail.Gateway.Tests.Perimeters;
using Orleans.Mail.Gateway.Tls;

namespace Orleans.Mail.Gateway.Tests.Pop3;

/// <summary>
/// A POP3 server over grains and bodies in memory. Domains: acme.test, sub.acme.test. Users, all with the password
/// <c>secret</c>: mick@acme.test with three messages, empty@acme.test, off@acme.test (STATE=off).
/// </summary>
internal sealed class Pop3World : IAsyncDisposable
{
    public const string Password = "secret";
    public const string First = "01HZZZZZZZ0000000000000003";
    public const string Second = "01HZZZZZZZ0000000000000001";
    public const string Third = "01HZZZZZZZ0000000000000002";

    private readonly ServiceProvider provider;
    private readonly ScramKeys keys;
    private readonly FakeGrains grains;
    private readonly Dictionary<string, FakeAccount> accounts = [];

    private Pop3World(IReadOnlyDictionary<string, string> settings, FakeAbuse? abuse)
    {
        provider = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var values = new Dictionary<string, string?> { ["Accounts:ScramIterations"] = "4096", ["Logins:FailureDelay"] = "0" };
        foreach (var (name, value) in settings)
            values[name] = value;
        var parameters = new Parameters(new ConfigurationBuilder().AddInMemoryCollection(values).Build());
        Options = Pop3Options.From(parameters);
        LoginOptions = LoginOptions.From(parameters);
        keys = new ScramKeys(LoginOptions, new LoginMetrics(Meters));
        (Factory, grains) = FakeGrains.Create();
        grains.AddAll<IDenyListGrain>(DenyLists.Find);
        grains.AddAll<IClusterGrain>(_ => new FakeCluster());
        Permits = new(Time);
        grains.AddAll<IRelayPermitGrain>(Permits.Find);
        Abuse = abuse ?? new(Time);
        grains.AddAll<ITimedListGrain>(Abuse.Find);
        grains.AddAll<IClientBudgetGrain>(Abuse.Client);
        var gateway = GatewayOptions.From(parameters, development: false) with { HostName = "mail.acme.test" };
        Perimeter = new(parameters, gateway, Factory, Time, Meters);
        Connections = new(LimitOptions.From(parameters), gateway, Time, ConnectionLog);
        Mailboxes = new(Time, NullLogger<OpenMailboxes>.Instance);
        Logins = new(Factory, Domains, keys, LoginOptions, new LoginMetrics(Meters), Perimeter.Guard(), Time, LoginLog);
        Handler = new(
            Connections, new ServerCertificates(new TlsOptions { SelfSigned = settings.ContainsKey("tls") }, Time, NullLogger<ServerCertificates>.Instance), gateway, Perimeter.Perimeter, Options, Logins, LoginOptions, Factory, Bodies, Mailboxes, new Pop3Metrics(Meters), Perimeter.Log, Time, Log);
    }

    public WatchedTime Time { get; } = new();

    public HeardLog<Pop3ConnectionHandler> Log { get; } = new();

    public HeardLog<LoginService> LoginLog { get; } = new();

    public HeardLog<ClientConnections> ConnectionLog { get; } = new();

    public Pop3Options Options { get; }

    public LoginOptions LoginOptions { get; }

    public IGrainFactory Factory { get; }

    public FakeDenyLists DenyLists { get; } = new();

    public FakePermits Permits { get; }

    public FakeAbuse Abuse { get; }

    public TestPerimeter Perimeter { get; }

    public FakeBodies Bodies { get; } = new();

    public DomainDirectory Domains { get; } = new();

    public ClientConnections Connections { get; }

    public OpenMailboxes Mailboxes { get; }

    public LoginService Logins { get; }

    public Pop3ConnectionHandler Handler { get; }

    /// <summary>The mailbox of mick@acme.test.</summary>
    public FakeMailbox Mailbox { get; private set; } = null!;

    public IMeterFactory Meters => provider.GetRequiredService<IMeterFactory>();

    public static async Task<Pop3World> StartAsync(IReadOnlyDictionary<string, string>? settings = null, bool knowsDomains = true, FakeAbuse? abuse = null)
    {
        var world = new Pop3World(settings ?? new Dictionary<string, string>(), abuse);
        if (knowsDomains)
            await world.Domains.RefreshAsync(new FakeCluster("acme.test", "sub.acme.test"));
        if (settings?.TryGetValue("deny", out var denied) ?? false)
            await world.DenyLists.AddAsync(denied.Split(' '));
        await world.Perimeter.Denied.RefreshAsync();
        await world.Connections.StartAsync(CancellationToken.None);
        await world.Mailboxes.StartAsync(CancellationToken.None);
        world.Mailbox = world.AddUser("mick@acme.test");
        world.AddUser("empty@acme.test");
        world.AddUser("off@acme.test");
        world.Account("off@acme.test").Login = world.Account("off@acme.test").Login! with { Enabled = false };
        world.Mailbox.Add(First, world.Bodies.Add("Subject: one\r\n\r\nfirst\r\n"));
        world.Mailbox.Add(Second, world.Bodies.Add("Subject: two\r\n\r\n.\r\n.dot\r\n..\r\nlast\r\n"));
        world.Mailbox.Add(Third, world.Bodies.Add("Subject: drei\r\n\r\nGrüße\r\n\r\n"), "mick+detail@acme.test");
        return world;
    }

    /// <summary>Lets time pass second by second; all that is due in a second is done in it.</summary>
    public void Pass(TimeSpan time)
    {
        for (var seconds = 0; seconds < time.TotalSeconds; seconds++)
            Time.Advance(TimeSpan.FromSeconds(1));
    }

    public FakeAccount Account(string address) => accounts[address];

    /// <summary>Adds a user and the user's mailbox.</summary>
    public FakeMailbox AddUser(string address, string password = Password)
    {
        var verifier = Scram.Derive(password, RandomNumberGenerator.GetBytes(Scram.SaltLength), LoginOptions.ScramIterations);
        var account = new FakeAccount(new AccountLogin("box:" + address, verifier, "1", true, false));
        var mailbox = new FakeMailbox(Time);
        accounts[address] = account;
        grains.Add<IAccountGrain>(address, account);
        grains.Add<IMailboxGrain>("box:" + address, mailbox);
        return mailbox;
    }

    public async ValueTask DisposeAsync()
    {
        await Mailboxes.StopAsync(CancellationToken.None);
        await Connections.StoppedAsync(CancellationToken.None);
        keys.Dispose();
        await provider.DisposeAsync();
    }
}
