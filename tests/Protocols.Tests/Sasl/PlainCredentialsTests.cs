using System.Text;
using Orleans.Mail.Protocols.Sasl;

namespace Orleans.Mail.Protocols.Tests.Sasl;

public sealed class PlainCredentialsTests
{
    [Theory]
    [InlineData("\0tim\0tanstaaftanstaaf", "tim", "tanstaaftanstaaf")] // RFC 4616 section 4
    [InlineData("tim\0tim\0secret", "tim", "secret")]
    [InlineData("\0m\u00fcller@acme.test\0p\u00e4ss w\u00f6rd", "m\u00fcller@acme.test", "p\u00e4ss w\u00f6rd")]
    public void Name_and_password_are_read(string message, string name, string password)
    {
        Assert.True(PlainCredentials.TryParse(Encoding.UTF8.GetBytes(message), out var credentials));
        Assert.Equal(new PlainCredentials(name, password), credentials);
    }

    [Theory]
    [InlineData("")]
    [InlineData("tim\0secret")]
    [InlineData("\0tim\0")]
    [InlineData("\0\0secret")]
    [InlineData("\0tim\0secret\0")]
    [InlineData("Ursel\0Kurt\0xipj3plmq")] // RFC 4616 section 4: to act for somebody else is not offered
    public void A_message_of_other_parts_is_refused(string message) => Assert.False(PlainCredentials.TryParse(Encoding.UTF8.GetBytes(message), out _));

    [Fact]
    public void Octets_that_are_no_UTF8_are_refused() => Assert.False(PlainCredentials.TryParse([0, (byte)'t', 0, 0xff], out _));

    [Fact]
    public void A_password_is_never_shown()
    {
        Assert.Equal("tim", new PlainCredentials("tim", "secret").ToString());
        Assert.DoesNotContain("secret", new SaslStep.Password(new("tim", "secret")).ToString(), StringComparison.Ordinal);
    }
}
