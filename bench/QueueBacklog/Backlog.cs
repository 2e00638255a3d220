using System.IO.Pipelines;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Mail.Grains;
using Orleans.Mail.Storage;
using Orleans.Mail.Storage.Sqlite;

namespace Orleans.Mail.QueueBacklog;

internal sealed record BacklogOptions
{
    public required string Path { get; init; }

    public required int Entries { get; init; }

    public required int Destinations { get; init; }

    public required int DeadPercent { get; init; }

    public required string DeadDomain { get; init; }

    public required string LiveDomain { get; init; }

    public required TimeSpan Past { get; init; }

    public required TimeSpan Future { get; init; }
}

/// <summary>Writes entries as the queue writes them, many commits at a time.</summary>
internal static class Backlog
{
    // Of a commit that the store does not begin with in time.
    private const int Attempts = 20;
    private const int EntriesPerCommit = StoreLimits.BatchOperations / RowWrite.MaxOperations;

    /// <summary>They share transactions of the store.</summary>
    private const int CommitsAtOnce = 1000;

    private static readonly byte[] Text = Encoding.ASCII.GetBytes("Subject: waiting\r\n\r\nhello\r\n");

    public static async Task<int> FillAsync(BacklogOptions options, CancellationToken cancellation)
    {
        await using var services = new ServiceCollection().AddSqliteStore(store => store.Path = options.Path).BuildServiceProvider();
        var rows = services.GetRequiredService<IRowStore>();
        var bodies = services.GetRequiredService<IBodyStore>();
        var random = new Random(1);
        var now = DateTimeOffset.UtcNow;
        var pending = new Dictionary<string, RowBatch>(StringComparer.Ordinal);
        var commits = new List<Task>();
        for (var i = 0; i < options.Entries; i++)
        {
            var entry = await NewEntryAsync(options, i % options.Destinations, now, random, bodies, cancellation);
            var key = QueueKeys.EntryOf(entry.Target, entry.Id);
            if (!pending.TryGetValue(key.Partition, out var batch))
                pending.Add(key.Partition, batch = new RowBatch(key.Partition));
            var row = new QueueRow(entry, entry.Due, DueLane.Retry) { Indexed = true };
            new RowWrite(key.Key, QueueKeys.HashOf(key.Key), null, null, row, IsLive(entry) ? entry.Body : null).AddTo(batch);
            if (batch.Operations.Count <= (EntriesPerCommit - 1) * RowWrite.MaxOperations)
                continue;
            pending.Remove(key.Partition);
            commits.Add(CommitAsync(rows, batch, cancellation));
            if (commits.Count == CommitsAtOnce)
            {
                await Task.WhenAll(commits);
                commits.Clear();
                Console.WriteLine($"{i} entries");
            }
        }

        commits.AddRange(pending.Values.Select(batch => CommitAsync(rows, batch, cancellation)));
        await Task.WhenAll(commits);
        Console.WriteLine($"{options.Entries} entries for {options.Destinations} destinations are in {options.Path}");
        return 0;
    }

    private static bool IsLive(QueueEntry entry) => entry.Body.Size > 0;

    private static async ValueTask<QueueEntry> NewEntryAsync(
        BacklogOptions options, int destination, DateTimeOffset now, Random random, IBodyStore bodies, CancellationToken cancellation)
    {
        var isDead = destination % 100 < options.DeadPercent;
        var target = new Target { Kind = TargetKind.Remote, Address = $"user{random.Next(1000)}@d{destination}.{(isDead ? options.DeadDomain : options.LiveDomain)}" };
        var id = MessageId.New(TimeProvider.System);
        var entered = now - TimeSpan.FromHours(2);
        var due = now - options.Past + ((options.Past + options.Future) * random.NextDouble());
        return new QueueEntry
        {
            Id = id,
            Target = target,
            Sender = $"sender{random.Next(1000)}@acme.test",
            Recipient = target.Address,
            Body = isDead ? default : await PutAsync(bodies, QueueKeys.EntryOf(target, id), cancellation),
            Entered = entered,
            Due = due,
            NextAttempt = due,
            Attempts = 3,
            LastAttempt = now - TimeSpan.FromHours(1),
            Status = "4.4.1 no host answers",
            History = [new Attempt(now - TimeSpan.FromHours(1), "", "4.4.1 no host answers")],
        };
    }

    private static async ValueTask<BodyRef> PutAsync(IBodyStore bodies, RowKey holder, CancellationToken cancellation)
    {
        var reader = PipeReader.Create(new MemoryStream(Text));
        var body = await bodies.PutAsync(reader, new BodyHint(holder), cancellation);
        await reader.CompleteAsync();
        return body;
    }

    private static async Task CommitAsync(IRowStore rows, RowBatch batch, CancellationToken cancellation)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var result = await rows.CommitSettledAsync(batch, cancellation);
                if (result.Outcome != CommitOutcome.Done)
                    throw new InvalidOperationException($"a commit ended as {result.Outcome}");
                return;
            }
            catch (StorageException) when (attempt < Attempts)
            {
                // The disk is busy with the commits before: nothing of this one was written.
            }
        }
    }
}
