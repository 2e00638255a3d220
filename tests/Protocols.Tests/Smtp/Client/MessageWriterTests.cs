using System.Buffers;
using System.Text;
using Orleans.Mail.Protocols.Smtp.Client;
using Orleans.Mail.TestKit;

namespace Orleans.Mail.Protocols.Tests.Smtp.Client;

/// <summary>The message after DATA (RFC 5321 4.5.2), in blocks cut anywhere.</summary>
public sealed class MessageWriterTests
{
    [Theory]
    [InlineData("", ".\r\n")]
    [InlineData("a\r\n", "a\r\n.\r\n")]
    [InlineData("a", "a\r\n.\r\n")]
    [InlineData(".", "..\r\n.\r\n")]
    [InlineData(".\r\n", "..\r\n.\r\n")]
    [InlineData("a\r\n.\r\nb\r\n", "a\r\n..\r\nb\r\n.\r\n")]
    [InlineData("a\n.\nb\n", "a\r\n..\r\nb\r\n.\r\n")]
    [InlineData("a\r.\rb\r", "a\r\n..\r\nb\r\n.\r\n")]
    [InlineData("a\r\r\n.b", "a\r\n\r\n..b\r\n.\r\n")]
    [InlineData("a\n\r.\r\n", "a\r\n\r\n..\r\n.\r\n")]
    [InlineData("a..b\r\n..", "a..b\r\n...\r\n.\r\n")]
    public void A_message_is_written_so_that_its_end_is_where_it_ends(string message, string expected)
    {
        for (var cut = 1; cut <= Math.Max(message.Length, 1); cut++)
            Assert.Equal(expected, Encoding.Latin1.GetString(Write(Encoding.Latin1.GetBytes(message), _ => cut)));
    }

    [Fact]
    [Trait("Category", "Fuzz")]
    public void What_a_server_reads_is_the_message_with_whole_line_ends()
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        for (var i = 0; i < Fuzzing.Iterations; i++)
        {
            var message = string.Concat(Enumerable.Range(0, random.Next(12)).Select(_ => ((string[])["a", ".", "\r", "\n", "\r\n", "\0", "bc"])[random.Next(7)]));
            var wire = Encoding.Latin1.GetString(Write(Encoding.Latin1.GetBytes(message), random.Next));

            var normal = message.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n').Replace("\n", "\r\n", StringComparison.Ordinal);
            var expected = normal.Length == 0 || normal.EndsWith("\r\n", StringComparison.Ordinal) ? normal : normal + "\r\n";
            Assert.True(wire.EndsWith(".\r\n", StringComparison.Ordinal), $"seed {seed}");
            var lines = wire.Split("\r\n")[..^2];
            Assert.True(lines.All(line => line != "." && !line.Contains('\r', StringComparison.Ordinal) && !line.Contains('\n', StringComparison.Ordinal)), $"seed {seed}: {wire}");
            var read = string.Concat(lines.Select(line => (line.StartsWith('.') ? line[1..] : line) + "\r\n"));
            Assert.True(read == expected, $"seed {seed}: {message} became {wire}");
        }
    }

    private static byte[] Write(byte[] message, Func<int, int> cut)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new MessageWriter();
        for (var at = 0; at < message.Length;)
        {
            var length = Math.Min(Math.Max(cut(4), 1), message.Length - at);
            writer.Write(output, message.AsSpan(at, length));
            at += length;
        }

        writer.Complete(output);
        return output.WrittenSpan.ToArray();
    }
}
