using System.Buffers;
using System.Text;
using CsCheck;
using Orleans.Mail.Protocols.Smtp;
using Orleans.Mail.TestKit;

namespace Orleans.Mail.Protocols.Tests.Smtp;

public sealed class SmtpChunkReaderTests
{
    private static readonly Gen<string> Texts =
        Gen.OneOf("\r\n", "\r\n.\r\n", "\r", "\n", ".", "x", "\0", "some words").Array[0, 15].Select(string.Concat);

    [Fact, Trait("Category", "Fuzz")]
    public void Any_text_in_any_chunks_and_pieces_is_read_as_the_model_reads_it()
    {
        Gen.Select(Texts, Gen.Int[0, 60].Array[0, 4], Gen.Int[0, 60].Array[0, 4], Gen.Bool).Sample(
            (text, chunks, cuts, repairs) =>
            {
                var expected = MessageModel.Chunks(text, repairs);
                var output = new ArrayBufferWriter<byte>();
                var message = new IncomingMessage(output, long.MaxValue, repairs);
                var reader = new SmtpChunkReader(message);
                var rest = Encoding.Latin1.GetBytes(text);
                foreach (var length in chunks.Select(wanted => Math.Min(wanted, rest.Length)).Append(int.MaxValue))
                {
                    var chunk = rest[..Math.Min(length, rest.Length)];
                    rest = rest[chunk.Length..];
                    Feed(reader, chunk, cuts);
                }

                reader.Finish();

                Assert.Equal(expected.HasBare && !repairs ? SmtpReplies.BareLineEnds : null, message.Refusal);
                if (message.Refusal is null)
                    Assert.Equal(expected.Message, Encoding.Latin1.GetString(output.WrittenSpan));
            },
            iter: Fuzzing.Iterations);
    }

    [Fact]
    public void A_chunk_takes_exactly_its_octets()
    {
        var reader = new SmtpChunkReader(new IncomingMessage(new ArrayBufferWriter<byte>(), long.MaxValue, repairs: false));
        reader.StartChunk(4);
        var first = Pieces.Of("ab"u8.ToArray());
        var second = Pieces.Of("cdQUIT\r\n"u8.ToArray(), 1, 3);

        Assert.False(reader.TryRead(ref first));
        Assert.Equal(2, reader.Remaining);
        Assert.True(reader.TryRead(ref second));
        Assert.Equal("QUIT\r\n", Encoding.Latin1.GetString(second));
    }

    private static void Feed(SmtpChunkReader reader, byte[] chunk, int[] cuts)
    {
        reader.StartChunk(chunk.Length);
        if (chunk.Length == 0)
            return;
        var buffer = Pieces.Of(chunk, cuts);
        Assert.True(reader.TryRead(ref buffer));
        Assert.True(buffer.IsEmpty);
    }
}
