using System.Globalization;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Orleans.Mail.Grains.Tests.Dns;
using Orleans.Mail.Storage;
using Orleans.Mail.TestKit;
using Orleans.Mail.TestKit.Faults;
using Orleans.TestingHost;

namespace Orleans.Mail.Grains.Tests;

/// <summary>
/// A cluster over stores in memory that fail on demand, with time that stands still. It has one silo, or as many as
/// MAIL_SILOS says: what one silo does right, several must.
/// </summary>
public sealed class MailCluster : IAsyncLifetime
{
    private readonly InProcessTestCluster cluster;
    private readonly Action<IServiceCollection>? customize;
    private readonly SharedOptions options = new();

    public MailCluster()
        : this(null, null)
    {
    }

    private MailCluster(MailCluster? stores, Action<IServiceCollection>? customize)
    {
        this.customize = customize;
        Time = stores?.Time ?? new FakeTimeProvider(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
        Bodies = stores?.Bodies ?? new MemoryBodyStore(Time);
        BodyFaults = stores?.BodyFaults ?? new FaultyBodyStore(Bodies);
        Dns = stores?.Dns ?? new FakeMailDns(Time);
        Memory = stores?.Memory ?? new MemoryRowStore(Bodies);
        Rows = stores?.Rows ?? new FaultyRowStore(Memory);
        var builder = new InProcessTestClusterBuilder(Silos);
        builder.ConfigureSilo((_, silo) =>
        {
            options.AddTo(silo.Services);
            silo.Services.AddSingleton<TimeProvider>(Time);
            silo.Services.AddSingleton<IRowStore>(Rows);
            silo.Services.AddSingleton<IMailDns>(Dns);
            silo.Services.AddSingleton<IBodyStore>(BodyFaults);
            silo.Services.AddMailGrains();
            silo.AddRowStoreGrainStorage("rows").UseInMemoryReminderService();
            customize?.Invoke(silo.Services);
        });
        cluster = builder.Build();
    }

    /// <summary>How many silos a cluster has: MAIL_SILOS, else one.</summary>
    public static short Silos { get; } =
        short.TryParse(Environment.GetEnvironmentVariable("MAIL_SILOS"), CultureInfo.InvariantCulture, out var silos) ? silos : (short)1;

    public FakeTimeProvider Time { get; }

    public FakeMailDns Dns { get; }

    /// <summary>The store as it is.</summary>
    public MemoryRowStore Memory { get; }

    /// <summary>The store as the grains see it.</summary>
    public FaultyRowStore Rows { get; }

    public MemoryBodyStore Bodies { get; }

    public FaultyBodyStore BodyFaults { get; }

    public IGrainFactory Grains => cluster.Client;

    /// <summary>The grains as the silo's own process sees them.</summary>
    public IGrainFactory SiloGrains => cluster.GetSiloServiceProvider().GetRequiredService<IGrainFactory>();

    /// <summary>A cluster whose silo has other services.</summary>
    /// <param name="customize">Changes them at the end.</param>
    public static MailCluster With(Action<IServiceCollection> customize) => new(null, customize);

    public async ValueTask InitializeAsync() => await cluster.DeployAsync();

    public async ValueTask DisposeAsync() => await cluster.DisposeAsync();

    /// <summary>Another cluster over the same stores: its activations are the second ones.</summary>
    public async Task<MailCluster> StartSecondAsync()
    {
        var second = new MailCluster(this, customize);
        await second.InitializeAsync();
        return second;
    }

    /// <summary>The client's process dies, and another one comes.</summary>
    public async Task ReplaceClientAsync()
    {
        await cluster.KillClientAsync();
        await cluster.InitializeClientAsync();
    }

    /// <summary>The activation dies; the next call makes a new one.</summary>
    public Task ForgetAsync(IAddressable grain) => cluster.DeactivateAsync(grain);

    /// <summary>Waits until the grain has no activation.</summary>
    public async Task WaitUntilForgottenAsync(IAddressable grain) => await cluster.WaitForDeactivationAsync(grain);

    public async Task<IList<ReminderEntry>> RemindersOfAsync(IAddressable grain)
    {
        var table = cluster.GetSiloServiceProvider().GetRequiredService<IReminderTable>();
        return (await table.ReadRows(grain.GetGrainId())).Reminders;
    }

    /// <summary>The options that the grains of all silos follow, to be changed by a test.</summary>
    public T Options<T>()
        where T : class => cluster.GetSiloServiceProvider().GetRequiredService<IOptions<T>>().Value;

    /// <summary>A service of the first silo.</summary>
    public T Service<T>()
        where T : notnull => cluster.GetSiloServiceProvider().GetRequiredService<T>();

    public string NewName() => MessageId.New(Time).ToString();

    public IMailboxGrain NewMailbox(out string id)
    {
        id = NewName();
        return Grains.GetGrain<IMailboxGrain>(id);
    }

    /// <summary>A message for one mailbox whose body waits in the store.</summary>
    public Delivery NewDelivery(string mailboxId, string text = "Subject: x\r\n\r\nhello\r\n", string to = "mick@acme.test")
    {
        var id = MessageId.New(Time);
        var body = Bodies.Put(Encoding.UTF8.GetBytes(text), new BodyHint(MailboxKeys.EntryOf(mailboxId, id)));
        return new Delivery(new MessageRef(id, body), to);
    }

    public async Task<Delivery> DeliverAsync(IMailboxGrain mailbox, string mailboxId)
    {
        var delivery = NewDelivery(mailboxId);
        Assert.Equal(AppendResult.Done, await mailbox.AppendAsync(delivery));
        return delivery;
    }

    /// <summary>Waits for the mailbox's background work.</summary>
    public Task<DateTimeOffset?> CleanAsync(string mailboxId) => Grains.GetGrain<IMailboxWork>(mailboxId).ResumeAsync();

    public IReadOnlyList<string> KeysOf(string mailboxId) => Memory.KeysOf(MailboxKeys.Partition(mailboxId));

    /// <summary>Drains the slice that remembers an item.</summary>
    public Task<int> DrainAsync(string item) => Grains.GetGrain<IWorkGrain>(WorkItem.SliceOf(item)).DrainAsync();
}
