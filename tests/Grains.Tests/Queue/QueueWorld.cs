using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Mail.Storage;

namespace Orleans.Mail.Grains.Tests.Queue;

/// <summary>A cluster whose mail goes to destinations of a test. Waits in steps of fake time, and never for luck.</summary>
internal sealed class QueueWorld : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private QueueWorld(MailCluster cluster, FakeRelay relay, FakeReports reports)
    {
        Cluster = cluster;
        Relay = relay;
        Reports = reports;
    }

    public MailCluster Cluster { get; private set; }

    public FakeRelay Relay { get; }

    public FakeReports Reports { get; }

    public IQueueManagementGrain Management => Cluster.Grains.GetGrain<IQueueManagementGrain>(0);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public static async Task<QueueWorld> StartAsync(Action<QueueOptions>? configure = null, Action<IServiceCollection>? customize = null)
    {
        var relay = new FakeRelay();
        var reports = new FakeReports();
        var cluster = MailCluster.With(services =>
        {
            services.AddSingleton<IRelay>(relay).AddSingleton<IDeliveryReports>(reports).Configure<QueueOptions>(options =>
            {
                options.Jitter = 0;
                configure?.Invoke(options);
            });
            customize?.Invoke(services);
        });
        await cluster.InitializeAsync();
        return new QueueWorld(cluster, relay, reports);
    }

    /// <summary>An entry for another host whose body waits in the store.</summary>
    public QueueEntry NewEntry(string to = "bob@far.test", string sender = "ann@acme.test", bool trusted = true)
    {
        var id = MessageId.New(Cluster.Time);
        var target = new Target { Kind = TargetKind.Remote, Address = to };
        var now = Cluster.Time.GetUtcNow();
        return new QueueEntry
        {
            Id = id,
            Target = target,
            Sender = sender,
            Recipient = to,
            Body = Cluster.Bodies.Put(Encoding.UTF8.GetBytes("Subject: x\r\n\r\nhello\r\n"), new BodyHint(QueueKeys.EntryOf(target, id))),
            Entered = now,
            Due = now,
            Request = new MailRequest { IsTrusted = trusted },
        };
    }

    /// <summary>The entries of a message with recipients at one destination.</summary>
    public QueueEntry[] NewEntries(int count)
    {
        var first = NewEntry();
        return
        [
            .. Enumerable.Range(0, count).Select(i => first with { Target = first.Target with { Address = $"u{i}@far.test" }, Body = first.Body with { Shared = true } }),
        ];
    }

    public async Task<QueueEntry> AcceptAsync(QueueEntry entry)
    {
        await ShardOf(entry).AcceptAsync([entry]);
        return entry;
    }

    public IQueueGrain ShardOf(QueueEntry entry) =>
        Cluster.Grains.GetGrain<IQueueGrain>(QueueKeys.ShardOf(entry.Target, Cluster.Options<QueueOptions>().Shards));

    public Task<QueueEntry?> FindAsync(QueueEntry entry) => Management.FindAsync(entry.Id, entry.Target);

    /// <summary>Another writer changes the entry's row.</summary>
    public async Task ReplaceAsync(QueueEntry entry, Func<QueueRow, QueueRow> change)
    {
        var key = QueueKeys.EntryOf(entry.Target, entry.Id);
        var row = (await Cluster.Memory.ReadAsync(key, Cancelled))!;
        var known = QueueRow.Decode(row.Value);
        var batch = new RowBatch(key.Partition);
        new RowWrite(key.Key, QueueKeys.HashOf(key.Key), known, row.ETag, change(known)).AddTo(batch);
        Assert.Equal(CommitOutcome.Done, (await Cluster.Memory.CommitAsync(batch, Cancelled)).Outcome);
    }

    /// <summary>Waits until the entry's row is as it should be.</summary>
    public async Task<QueueEntry> WaitForAsync(QueueEntry entry, Func<QueueEntry, bool> expected)
    {
        QueueEntry? last = null;
        await WaitUntilAsync(
            async () => (last = await FindAsync(entry)) is not null && expected(last),
            () => $"the entry stays {last}");
        return last!;
    }

    /// <summary>Waits until the entry is finished.</summary>
    public Task<QueueEntry> FinishAsync(QueueEntry entry) => WaitForAsync(entry, static now => now.Finished);

    /// <summary>Waits until the last attempt has an outcome and nothing of it is on its way.</summary>
    public Task<QueueEntry> AttemptedAsync(QueueEntry entry, int times) =>
        WaitForAsync(entry, now => now.Attempts == times && now.History.Count > 0 && now.History[^1].At == now.LastAttempt && now.Report == ReportKind.None);

    /// <summary>Time goes on in steps, until what is expected has happened.</summary>
    public async Task AdvanceUntilAsync(Func<Task<bool>> expected, TimeSpan step, int steps)
    {
        for (var i = 0; i < steps; i++)
        {
            if (await expected())
                return;
            Cluster.Time.Advance(step);
            await SettleAsync();
        }

        await WaitUntilAsync(expected, () => $"it has not happened within {step * steps}");
    }

    /// <summary>Lets what has begun come to its end, as far as it does in a moment.</summary>
    public static async Task SettleAsync()
    {
        for (var i = 0; i < 10; i++)
            await Task.Delay(TimeSpan.FromMilliseconds(2), Cancelled);
    }

    public static async Task WaitUntilAsync(Func<Task<bool>> expected, Func<string> otherwise)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        patience.CancelAfter(Patience);
        while (!await expected())
        {
            Assert.False(patience.IsCancellationRequested, otherwise());
            await Task.Delay(TimeSpan.FromMilliseconds(2), Cancelled);
        }
    }

    /// <summary>The process ends, and another one goes on over the same stores.</summary>
    public async Task RestartAsync()
    {
        var next = await Cluster.StartSecondAsync();
        await Cluster.DisposeAsync();
        Cluster = next;
        await WakeAsync();
    }

    /// <summary>What each silo does at its start.</summary>
    public Task WakeAsync() => Task.WhenAll(Enumerable.Range(0, QueueKeys.PartitionCount).Select(shard => Cluster.Grains.GetGrain<IQueueGrain>(shard).WakeAsync()));

    public async Task<int> CountRemindersAsync()
    {
        var all = await Task.WhenAll(Enumerable.Range(0, QueueKeys.PartitionCount)
            .Select(shard => Cluster.RemindersOfAsync(Cluster.Grains.GetGrain<IQueueGrain>(shard))));
        return all.Sum(reminders => reminders.Count);
    }

    public async Task<List<QueueEntry>> ListAsync(QueueFilter filter, int page = 7)
    {
        var all = new List<QueueEntry>();
        for (string? after = ""; after is not null;)
        {
            var found = await Management.ListAsync(filter, after, page);
            all.AddRange(found.Entries);
            after = found.Next;
        }

        return all;
    }

    public async Task<int> ChangeAsync(QueueFilter filter, QueueChange change)
    {
        var count = 0;
        for (string? after = ""; after is not null;)
        {
            var changed = await Management.ChangeAsync(filter, change, after);
            count += changed.Count;
            after = changed.Next;
        }

        return count;
    }

    public ValueTask DisposeAsync() => Cluster.DisposeAsync();
}
