using System.Buffers;
using Orleans.Mail.Protocols.Manage;

namespace Orleans.Mail.Protocols.Tests.Manage;

/// <summary>Feeds a <see cref="ManageLineReader"/>.</summary>
internal static class ManageLines
{
    /// <summary>The lines that come out of octets sent in these pieces.</summary>
    public static List<ManageLine> Read(params IEnumerable<byte[]> pieces)
    {
        var reader = new ManageLineReader();
        var lines = new List<ManageLine>();
        foreach (var piece in pieces)
        {
            var input = new ReadOnlySequence<byte>(piece);
            while (reader.TryRead(ref input, out var line))
                lines.Add(line);
            Assert.True(input.IsEmpty);
        }

        return lines;
    }
}
