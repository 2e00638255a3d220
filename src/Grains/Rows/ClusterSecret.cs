using System.Security.Cryptography;
using Orleans.Mail.Storage;

namespace Orleans.Mail.Grains;

/// <summary>A secret of the cluster, kept in a row: made by the first process that needs it, the same in all.</summary>
internal sealed class ClusterSecret(SettledRows rows, RowKey row)
{
    private const int Length = 32;

    private byte[]? value;

    /// <summary>Throws when the store is in trouble.</summary>
    public async ValueTask<byte[]> ReadAsync()
    {
        while (value is null)
        {
            if (await rows.ReadAsync(row) is { } known)
                value = known.Value.ToArray();
            else
                await rows.CommitAsync(new RowBatch(row.Partition).Insert(row.Key, RandomNumberGenerator.GetBytes(Length)));
        }

        return value;
    }
}
