using System.Buffers;
using CsCheck;
using Orleans.Mail.Protocols.Proxy;
using Orleans.Mail.Protocols.Tests.Smtp;
using Orleans.Mail.TestKit;

namespace Orleans.Mail.Protocols.Tests.Proxy;

/// <summary>However a header comes, octet by octet or in any pieces, it is read alike; what is read is what was written.</summary>
[Trait("Category", "Fuzz")]
public sealed class ProxyHeaderFuzzTests
{
    private static readonly Gen<byte[]> Words = Gen.OneOf<byte[]>(
        [.. "PROXY "u8], [.. "TCP4 "u8], [.. "TCP6 "u8], [.. "UNKNOWN"u8], [.. "192.0.2.1 "u8], [.. "2001:db8::1 "u8], [.. "25"u8], [.. " 0"u8],
        [.. "\r\n"u8], [.. "\n"u8], [.. "\r\n\r\n\0\r\nQUIT\n"u8], [0x20], [0x21, 0x11, 0, 12], [0x21, 0x21, 0, 36], [0, 3], [.. new byte[12]], [.. new byte[120]]);

    private static readonly Gen<byte[]> Wild =
        Gen.OneOf(Words, Gen.Byte.Array[0, 3]).Array[0, 8].Select(parts => parts.SelectMany(part => part).ToArray());

    private static readonly Gen<byte[]> Lines = Gen.Select(Gen.Byte.Array[4], Gen.Byte.Array[4], Gen.UShort, Gen.UShort)
        .Select(each => System.Text.Encoding.ASCII.GetBytes(
            $"PROXY TCP4 {string.Join('.', each.Item1)} {string.Join('.', each.Item2)} {each.Item3} {each.Item4}\r\n"));

    private static readonly Gen<byte[]> Blocks = Gen.Select(Gen.Byte[0x20, 0x21], Gen.OneOf<byte>(0x00, 0x11, 0x21), Gen.Byte.Array[36, 60])
        .Select(each => ProxyHeaderTests.Block(each.Item1, each.Item2, each.Item3));

    [Fact]
    public void Pieces_do_not_change_what_is_read() => Gen.Select(Gen.OneOf(Wild, Lines, Blocks), Gen.Int[1, 20].Array[0, 8]).Sample(
        (octets, cuts) =>
        {
            var whole = Read(new ReadOnlySequence<byte>(octets));
            Assert.Equal(whole, Read(octets.Length == 0 ? default : Pieces.Of(octets, cuts)));

            // As a connection does it: nothing is decided by the first octets and taken back by more of them.
            var first = Enumerable.Range(0, octets.Length + 1)
                .Select(length => Read(new ReadOnlySequence<byte>(octets, 0, length)))
                .FirstOrDefault(each => each.Result != ProxyRead.NeedsMore);
            Assert.Equal((whole.Result, whole.Header), (first.Result, first.Header ?? ProxyHeader.Unknown));
        },
        iter: Fuzzing.Iterations);

    [Fact]
    public void What_a_proxy_writes_is_read_to_its_end() => Gen.OneOf(Lines, Blocks).Sample(
        octets =>
        {
            var (result, header, rest) = Read(new ReadOnlySequence<byte>([.. octets, 1, 2, 3]));
            Assert.Equal((ProxyRead.Done, 3), (result, rest));
            if (octets[0] == 'P')
            {
                var words = System.Text.Encoding.ASCII.GetString(octets).Split(' ');
                Assert.Equal((words[2], words[3]), (header.Source?.ToString(), header.Destination?.ToString()));
            }
            else if (octets[12] == 0x21 && octets[13] == 0x11)
            {
                Assert.Equal(octets[16..20], header.Source!.GetAddressBytes());
            }
        },
        iter: Fuzzing.Iterations);

    private static (ProxyRead Result, ProxyHeader Header, long Left) Read(ReadOnlySequence<byte> input)
    {
        var result = ProxyHeaderReader.TryRead(ref input, out var header);
        return (result, header, input.Length);
    }
}
