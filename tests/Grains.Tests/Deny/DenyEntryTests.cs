using System.Net;

namespace Orleans.Mail.Grains.Tests.Deny;

public sealed class DenyEntryTests
{
    [Theory]
    [InlineData(DenyKind.IpIn, "194.30.30.11", "194.30.30.11")]
    [InlineData(DenyKind.IpIn, "194.30.30.11/16", "194.30.0.0/16")]
    [InlineData(DenyKind.IpOut, "194.30.30.11/32", "194.30.30.11")]
    [InlineData(DenyKind.IpIn, "1.2.3.4/0", "0.0.0.0/0")]
    [InlineData(DenyKind.IpIn, "::ffff:194.30.30.11", "194.30.30.11")]
    [InlineData(DenyKind.IpIn, "::ffff:194.30.30.11/112", "194.30.0.0/16")]
    [InlineData(DenyKind.IpIn, "2001:DB8:0::1", "2001:db8::1")]
    [InlineData(DenyKind.IpIn, "2001:db8:1:2::1/33", "2001:db8::/33")]
    [InlineData(DenyKind.IpIn, "2001:db8::1/0", "::/0")]
    [InlineData(DenyKind.DomainIn, "Acme.Test.", "acme.test")]
    [InlineData(DenyKind.DomainOut, ".Acme.Test", ".acme.test")]
    [InlineData(DenyKind.DomainIn, ".test", ".test")]
    [InlineData(DenyKind.DomainIn, "bücher.test", "xn--bcher-kva.test")]
    [InlineData(DenyKind.MailboxIn, "Mick@Acme.Test", "mick@acme.test")]
    [InlineData(DenyKind.MailboxOut, "a@b@acme.test", "a@b@acme.test")]
    public void An_entry_is_kept_in_one_form(DenyKind kind, string text, string expected)
    {
        Assert.True(DenyEntry.TryNormalize(kind, text, out var entry));
        Assert.Equal(expected, entry);
        Assert.True(DenyEntry.TryNormalize(kind, entry, out var again));
        Assert.Equal(entry, again);
    }

    [Theory]
    [InlineData(DenyKind.IpIn, "")]
    [InlineData(DenyKind.IpIn, "1")]
    [InlineData(DenyKind.IpIn, "1.2.3")]
    [InlineData(DenyKind.IpIn, "1.2.3.4.5")]
    [InlineData(DenyKind.IpIn, "1.2.3.256")]
    [InlineData(DenyKind.IpIn, "01.2.3.4")]
    [InlineData(DenyKind.IpIn, "0x7f.0.0.1")]
    [InlineData(DenyKind.IpIn, "1.2.3.4/33")]
    [InlineData(DenyKind.IpIn, "1.2.3.4/-1")]
    [InlineData(DenyKind.IpIn, "1.2.3.4/")]
    [InlineData(DenyKind.IpIn, "1.2.3.4/ 8")]
    [InlineData(DenyKind.IpIn, "1.2.3.4/8/8")]
    [InlineData(DenyKind.IpIn, "1.2.3.4/255.255.0.0")]
    [InlineData(DenyKind.IpIn, "::1/129")]
    [InlineData(DenyKind.IpIn, "[::1]")]
    [InlineData(DenyKind.IpIn, "fe80::1%1")]
    [InlineData(DenyKind.IpIn, "::ffff:1.2.3.4/95")]
    [InlineData(DenyKind.IpIn, "acme.test")]
    [InlineData(DenyKind.DomainIn, "")]
    [InlineData(DenyKind.DomainIn, ".")]
    [InlineData(DenyKind.DomainIn, "..test")]
    [InlineData(DenyKind.DomainIn, "*.test")]
    [InlineData(DenyKind.DomainIn, "a@b.test")]
    [InlineData(DenyKind.MailboxIn, "")]
    [InlineData(DenyKind.MailboxIn, "acme.test")]
    [InlineData(DenyKind.MailboxIn, "@acme.test")]
    [InlineData(DenyKind.MailboxIn, "a@")]
    public void What_is_none_is_refused(DenyKind kind, string text) => Assert.False(DenyEntry.TryNormalize(kind, text, out _));

    [Theory]
    [InlineData("acme.test", true)]
    [InlineData("www.acme.test", false)]
    [InlineData("sub.test", false)]
    [InlineData("a.sub.test", true)]
    [InlineData("b.a.sub.test", true)]
    [InlineData("asub.test", false)]
    [InlineData("test", false)]
    public void A_domain_is_denied_itself_and_a_dot_denies_its_subdomains(string domain, bool denied) =>
        Assert.Equal(denied, new DomainSet(["acme.test", ".sub.test"]).Contains(domain));

    [Theory]
    [InlineData("10.1.2.3", true)]
    [InlineData("::ffff:10.1.2.3", true)]
    [InlineData("11.0.0.0", false)]
    [InlineData("9.255.255.255", false)]
    [InlineData("192.0.2.1", true)]
    [InlineData("192.0.2.2", false)]
    [InlineData("2001:db8::", true)]
    [InlineData("2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", true)]
    [InlineData("2001:db9::", false)]
    [InlineData("::10.1.2.3", false)]
    public void Addresses_are_found_in_their_prefixes(string address, bool found) =>
        Assert.Equal(found, Set("10.0.0.0/8", "10.1.0.0/16", "10.1.2.3", "192.0.2.1", "2001:db8::/32").Contains(IPAddress.Parse(address)));

    [Theory]
    [InlineData("::/0", "1.2.3.4", false)]
    [InlineData("::/0", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", true)]
    [InlineData("0.0.0.0/0", "255.255.255.255", true)]
    [InlineData("0.0.0.0/0", "::1", false)]
    public void A_prefix_of_one_family_says_nothing_of_the_other(string prefix, string address, bool found) =>
        Assert.Equal(found, Set(prefix).Contains(IPAddress.Parse(address)));

    private static AddressSet Set(params string[] prefixes) => new(prefixes.Select(Prefix));

    private static AddressPrefix Prefix(string text) => AddressPrefix.TryParse(text, out var prefix) ? prefix : throw new FormatException(text);
}
