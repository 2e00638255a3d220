using System.Globalization;
using System.Net;

namespace Orleans.Mail.TestKit.Dns;

/// <summary>A record of a zone, from its text: <c>MX 10 mx.test</c>, <c>A 192.0.2.1</c>, <c>AAAA 2001:db8::1</c>, <c>CNAME other.test</c>.</summary>
internal sealed record DnsRecord(string Name, ushort Type, uint TimeToLive, int Preference, string Target, IPAddress? Address)
{
    public const ushort A = 1;
    public const ushort Cname = 5;
    public const ushort Soa = 6;
    public const ushort Mx = 15;
    public const ushort Aaaa = 28;

    public static DnsRecord Parse(string name, string text, uint timeToLive)
    {
        var words = text.Split(' ');
        return words[0] switch
        {
            "MX" => new(name, Mx, timeToLive, int.Parse(words[1], CultureInfo.InvariantCulture), words[2], null),
            "A" => new(name, A, timeToLive, 0, "", IPAddress.Parse(words[1])),
            "AAAA" => new(name, Aaaa, timeToLive, 0, "", IPAddress.Parse(words[1])),
            "CNAME" => new(name, Cname, timeToLive, 0, words[1], null),
            _ => throw new ArgumentException($"'{text}' is no record that this server knows", nameof(text)),
        };
    }
}
