using System.Net;
using BenchmarkDotNet.Attributes;

namespace Orleans.Mail.MicroBenchmarks.Deny;

/// <summary>A look-up among 100,000 deny entries, of something that is denied and of something that is not; and how long the copy takes to be made.</summary>
public class DenyBenchmarks
{
    private const int Entries = 100_000;

    private readonly AddressPrefix[] prefixes = [.. Enumerable.Range(0, Entries).Select(PrefixOf)];
    private readonly string[] denied = [.. Enumerable.Range(0, Entries).Select(i => $"{(i % 4 == 0 ? "." : "")}d{i}.example")];

    private readonly IPAddress deniedV4 = IPAddress.Parse("10.100.7.9");
    private readonly IPAddress otherV4 = IPAddress.Parse("203.0.113.9");
    private readonly IPAddress deniedV6 = IPAddress.Parse("2001:db8:1388::1");
    private readonly IPAddress otherV6 = IPAddress.Parse("2001:db9::1");
    private AddressSet addresses = AddressSet.Empty;
    private DomainSet domains = DomainSet.Empty;

    [GlobalSetup]
    public void Prepare()
    {
        addresses = MakeAddresses();
        domains = MakeDomains();
        if (!addresses.Contains(deniedV4) || !addresses.Contains(deniedV6) || addresses.Contains(otherV4) || addresses.Contains(otherV6))
            throw new InvalidOperationException("the benchmark does not look up what it says");
    }

    [Benchmark]
    public bool DeniedIPv4() => addresses.Contains(deniedV4);

    [Benchmark]
    public bool OtherIPv4() => addresses.Contains(otherV4);

    [Benchmark]
    public bool DeniedIPv6() => addresses.Contains(deniedV6);

    [Benchmark]
    public bool OtherIPv6() => addresses.Contains(otherV6);

    [Benchmark]
    public bool DeniedDomain() => domains.Contains("d77777.example");

    [Benchmark]
    public bool DeniedSubdomain() => domains.Contains("mx.lists.d88888.example");

    [Benchmark]
    public bool OtherDomain() => domains.Contains("mx.lists.acme.test");

    [Benchmark]
    public AddressSet MakeAddresses() => new(prefixes);

    [Benchmark]
    public DomainSet MakeDomains() => new(denied);

    // Half of each family: /24s of 10.0.0.0/7 and /48s of 2001:db8::/32 and its neighbours.
    private static AddressPrefix PrefixOf(int i)
    {
        var n = i / 2;
        var text = i % 2 == 0 ? $"{10 + (n >> 16)}.{(n >> 8) & 0xff}.{n & 0xff}.1/24" : $"2001:db8:{n:x}::1/48";
        return AddressPrefix.TryParse(text, out var prefix) ? prefix : throw new FormatException(text);
    }
}
