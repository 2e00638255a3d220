using System.Globalization;
using System.Security.Cryptography;
using Orleans.Mail.Gateway.Logins;
using Orleans.Mail.Grains;
using Orleans.Mail.Storage;

namespace Orleans.Mail.LargeDomain;

/// <summary>Writes a domain and its users as the grains write them, a hundred in a commit.</summary>
internal static class UserRows
{
    /// <summary>The embedded store puts them into one transaction, and the emulator of an account bears them.</summary>
    private const int CommitsAtOnce = 4;

    private const int Iterations = 4096;

    public static async Task AddDomainAsync(IRowStore rows, string domain, CancellationToken cancellation)
    {
        var row = new DomainRow(Deleting: false, new DomainSettings());
        await CommitAsync(rows, new RowBatch(DomainRow.Partition).Insert(DomainRow.Key(domain), row.Encode()), cancellation);
    }

    public static async Task AddAsync(IRowStore rows, string domain, int first, int users, string password, CancellationToken cancellation)
    {
        var verifier = Scram.Derive(password, RandomNumberGenerator.GetBytes(Scram.SaltLength), Iterations); // one for all: it is the slow part
        var commits = Enumerable.Range(first, users).Chunk(StoreLimits.BatchOperations);
        await Parallel.ForEachAsync(commits, new ParallelOptions { MaxDegreeOfParallelism = CommitsAtOnce, CancellationToken = cancellation }, async (numbers, token) =>
        {
            var batch = new RowBatch(NameRow.Partition(domain));
            foreach (var number in numbers)
            {
                var id = MessageId.New(TimeProvider.System).ToString();
                var user = new UserRow(Deleting: false, MovingTo: "", id, new AccountSettings { QuotaKb = 0, MaxInKb = 0, MaxOutKb = 0 }, verifier, WeakPassword: false);
                batch.Insert(NameRow.Key(string.Create(CultureInfo.InvariantCulture, $"u{number}")), user.Encode());
            }

            await CommitAsync(rows, batch, token);
        });
    }

    private static async Task CommitAsync(IRowStore rows, RowBatch batch, CancellationToken cancellation)
    {
        var result = await rows.CommitSettledAsync(batch, cancellation);
        if (result.Outcome != CommitOutcome.Done)
            throw new InvalidOperationException($"a commit ended as {result.Outcome}");
    }
}
