using System.Buffers;
using System.Text;
using CsCheck;
using Orleans.Mail.Protocols.Smtp;
using Orleans.Mail.TestKit;

namespace Orleans.Mail.Protocols.Tests.Smtp;

public sealed class SmtpDataReaderTests
{
    private const string Next = "QUIT\r\n";

    // Texts made of the octets that matter, so that every meeting of them is frequent.
    private static readonly Gen<string> Texts = Gen.OneOf(
        Gen.OneOf("\r\n", "\r\n.", ".", "\r", "\n", "\0", "x", "\xff", "\r\n.\r\n", "\n.\r\n", "\r\n.\n", "some words"),
        Gen.String[Gen.Char[(char)0, (char)255], 0, 20]).Array[0, 12].Select(string.Concat);

    [Fact, Trait("Category", "Fuzz")]
    public void Any_text_in_any_pieces_is_read_as_the_model_reads_it()
    {
        Gen.Select(Texts, Gen.Int[0, 200].Array[0, 6], Gen.Bool).Sample(
            (text, cuts, repairs) => AssertAsModel(text + "\r\n.\r\n" + Next, cuts, repairs), iter: Fuzzing.Iterations);
    }

    [Fact]
    public void A_piece_may_end_between_any_two_octets()
    {
        const string wire = "Received: a\r\n.\r\r\n..x\r\n...\r\n.y\n.\r\n\r.\r\n.z\r\n.\rq\r\n\r\n.\r\n" + Next;
        for (var first = 0; first < wire.Length; first++)
        {
            for (var second = first; second < wire.Length; second++)
            {
                AssertAsModel(wire, [first, second], repairs: false);
                AssertAsModel(wire, [first, second], repairs: true);
            }
        }
    }

    [Theory]
    [InlineData("a\n.\r\n")]
    [InlineData("a\r\n.\n")]
    [InlineData("a\n.\n")]
    [InlineData("a\r.\r")]
    [InlineData("a\r.\r\n")]
    [InlineData("a\r\n.\r")]
    [InlineData("a\r\n.\r\r\n")]
    [InlineData("a\r\n\0.\r\n")]
    [InlineData("a\r\n.\0\r\n")]
    [InlineData("a\0\r\0\n.\r\n")]
    [InlineData(".\n")]
    [InlineData(".\r")]
    [InlineData("\n.\r\n")]
    [InlineData("..\r\n")]
    public void Nothing_but_CRLF_dot_CRLF_ends_a_message(string text)
    {
        var (reader, _, _) = Create(repairs: false);
        var buffer = Pieces.Of(Encoding.Latin1.GetBytes(text));

        Assert.False(reader.TryRead(ref buffer));
        Assert.True(buffer.IsEmpty);
    }

    [Fact]
    public void The_commands_after_the_end_stay_in_the_buffer()
    {
        var (reader, _, output) = Create(repairs: false);
        var buffer = Pieces.Of(Encoding.Latin1.GetBytes(".\r\n" + Next));

        Assert.True(reader.TryRead(ref buffer));
        Assert.Equal(Next, Encoding.Latin1.GetString(buffer));
        Assert.Equal(0, output.WrittenCount);
    }

    [Fact]
    public void A_message_of_the_largest_size_is_passed_on_and_one_octet_more_is_not()
    {
        var (fits, fitsMessage, fitsOutput) = Create(repairs: false, maxSize: 1002);
        var (over, overMessage, overOutput) = Create(repairs: false, maxSize: 1001);
        var wire = Encoding.Latin1.GetBytes(new string('x', 1000) + "\r\n.\r\n");
        var first = Pieces.Of(wire, 400, 1001);
        var second = Pieces.Of(wire, 400, 1001);

        Assert.True(fits.TryRead(ref first));
        Assert.True(over.TryRead(ref second));

        Assert.Null(fitsMessage.Refusal);
        Assert.Equal(1002, fitsOutput.WrittenCount);
        Assert.Equal(SmtpReplies.TooLarge, overMessage.Refusal);
        Assert.Equal(1002, overMessage.Size);
        Assert.True(overOutput.WrittenCount <= 1001);
    }

    private static void AssertAsModel(string wire, int[] cuts, bool repairs)
    {
        var expected = MessageModel.Data(wire, repairs)!.Value;
        var (reader, message, output) = Create(repairs);
        var buffer = Pieces.Of(Encoding.Latin1.GetBytes(wire), cuts);

        Assert.True(reader.TryRead(ref buffer));

        Assert.Equal(wire[expected.End..], Encoding.Latin1.GetString(buffer));
        if (expected.HasBare && !repairs)
        {
            Assert.Equal(SmtpReplies.BareLineEnds, message.Refusal);
            return;
        }

        Assert.Null(message.Refusal);
        Assert.Equal(expected.Message, Encoding.Latin1.GetString(output.WrittenSpan));
        Assert.Equal(expected.Message.Length, message.Size);
    }

    private static (SmtpDataReader Reader, IncomingMessage Message, ArrayBufferWriter<byte> Output) Create(bool repairs, long maxSize = long.MaxValue)
    {
        var output = new ArrayBufferWriter<byte>();
        var message = new IncomingMessage(output, maxSize, repairs);
        return (new SmtpDataReader(message), message, output);
    }
}
