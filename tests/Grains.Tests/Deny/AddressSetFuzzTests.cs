using System.Net;
using Orleans.Mail.TestKit;

namespace Orleans.Mail.Grains.Tests.Deny;

/// <summary>A set of prefixes answers as a walk through all of them would, bit by bit.</summary>
[Trait("Category", "Fuzz")]
public sealed class AddressSetFuzzTests
{
    [Fact]
    public void A_set_finds_what_its_prefixes_hold()
    {
        for (var i = 0; i < Fuzzing.Iterations; i++)
        {
            var seed = Random.Shared.Next();
            var random = new Random(seed);
            var entries = Enumerable.Range(0, random.Next(12)).Select(_ => RandomEntry(random)).ToArray();
            var set = new AddressSet(entries.Select(entry => Prefix($"{entry.Address}/{entry.Length}")));
            for (var probe = 0; probe < 20; probe++)
            {
                var address = RandomAddress(random);
                var expected = entries.Any(entry => Agree(entry.Address, address, entry.Length));
                Assert.True(expected == set.Contains(address), $"seed {seed}: {address} in {string.Join(' ', entries)}");
            }
        }
    }

    private static (IPAddress Address, int Length) RandomEntry(Random random)
    {
        var address = RandomAddress(random);
        return (address, random.Next(address.GetAddressBytes().Length * 8 + 1));
    }

    // Few different octets, so that prefixes meet.
    private static IPAddress RandomAddress(Random random) =>
        new(random.GetItems<byte>([0x00, 0x01, 0x80, 0xff], random.Next(2) == 0 ? 4 : 16));

    private static bool Agree(IPAddress one, IPAddress other, int bits)
    {
        var (a, b) = (one.GetAddressBytes(), other.GetAddressBytes());
        return a.Length == b.Length && Enumerable.Range(0, bits).All(bit => ((a[bit / 8] ^ b[bit / 8]) >> (7 - bit % 8) & 1) == 0);
    }

    private static AddressPrefix Prefix(string text) => AddressPrefix.TryParse(text, out var prefix) ? prefix : throw new FormatException(text);
}
