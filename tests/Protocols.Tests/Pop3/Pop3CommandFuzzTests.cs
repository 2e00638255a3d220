using System.Buffers;
using CsCheck;
using Orleans.Mail.Protocols.Pop3;
using Orleans.Mail.TestKit;

namespace Orleans.Mail.Protocols.Tests.Pop3;

/// <summary>Whatever octets come, in whatever pieces: the same commands, no exception, bounded memory.</summary>
[Trait("Category", "Fuzz")]
public sealed class Pop3CommandFuzzTests
{
    private static readonly Gen<byte[]> Words = Gen.OneOf<byte[]>(
        [.. "RETR"u8], [.. "list "u8], [.. "TOP 1 2"u8], [.. "USER "u8], [.. "PASS "u8], [.. "AUTH PLAIN "u8], [.. " "u8], [.. "99999999999"u8],
        [.. "\r\n"u8], [.. "\n"u8], [.. "\r"u8], [.. "\0"u8], [0xc3, 0xbc], [0xff], [.. new byte[600].Select(_ => (byte)'x')]);

    private static readonly Gen<byte[]> Inputs =
        Gen.OneOf(Words, Gen.Byte.Array[0, 5]).Array[0, 40].Select(parts => parts.SelectMany(part => part).ToArray());

    [Fact]
    public void Pieces_do_not_change_what_is_read() => Gen.Select(Inputs, Gen.Int[1, 700]).Sample(
        (octets, length) =>
        {
            var whole = new ReadOnlySequence<byte>(octets);
            var expected = Read(new Pop3CommandReader(), ref whole);
            Assert.Equal(expected, ReadInPieces(octets, length));
        },
        iter: Fuzzing.Iterations);

    // As a session does it: what is left over is seen again with the next piece.
    private static List<Pop3Command> ReadInPieces(byte[] octets, int length)
    {
        var reader = new Pop3CommandReader();
        var commands = new List<Pop3Command>();
        var kept = 0;
        for (var end = Math.Min(length, octets.Length); ; end = Math.Min(end + length, octets.Length))
        {
            var input = Pieces.Of(octets.AsMemory(kept, end - kept), Math.Max(1, length / 2));
            commands.AddRange(Read(reader, ref input));
            kept = end - (int)input.Length;
            Assert.InRange(input.Length, 0, Pop3CommandReader.MaxCommandLine);
            if (end == octets.Length)
                return commands;
        }
    }

    private static List<Pop3Command> Read(Pop3CommandReader reader, ref ReadOnlySequence<byte> input)
    {
        var commands = new List<Pop3Command>();
        while (reader.TryRead(ref input, out var command))
            commands.Add(command);
        return commands;
    }
}
