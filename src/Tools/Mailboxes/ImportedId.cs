using System.Buffers.Binary;
using System.IO.Pipelines;
using System.Security.Cryptography;
using System.Text;

namespace Orleans.Mail.Tools.Mailboxes;

/// <summary>The id of an imported message: made from the mailbox and the octets, so the same message twice is one.</summary>
internal static class ImportedId
{
    /// <summary>The time in every such id: so long ago that nobody can deliver it late, and a deleted one need not be remembered.</summary>
    private static readonly DateTimeOffset Time = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Reads a message to its end.</summary>
    public static async Task<(MessageId Id, long Size)> ComputeAsync(string mailboxId, PipeReader message, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(mailboxId + "\n"));
        var size = 0L;
        ReadResult read;
        do
        {
            read = await message.ReadAsync(cancellationToken);
            foreach (var segment in read.Buffer)
                hash.AppendData(segment.Span);
            size += read.Buffer.Length;
            message.AdvanceTo(read.Buffer.End);
        }
        while (!read.IsCompleted);

        var digest = hash.GetHashAndReset();
        var high = MessageId.FirstAt(Time).High | BinaryPrimitives.ReadUInt16BigEndian(digest);
        return (new MessageId(high, BinaryPrimitives.ReadUInt64BigEndian(digest.AsSpan(2))), size);
    }
}
