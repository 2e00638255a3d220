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
        Assert.True(PlainCredentials.TryParse(Base64(message), out var credentials));
        Assert.Equal(new PlainCredentials(name, password), credentials);
    }

    [Theory]
    [InlineData("")]
    [InlineData("tim\0secret")]
    [InlineData("\0tim\0")]
    [InlineData("\0\0secret")]
    [InlineData("\0tim\0secret\0")]
    [InlineData("Ursel\0Kurt\0xipj3plmq")] // RFC 4616 section 4: to act for somebody else is not offered
    public void A_message_of_other_parts_is_refused(string message) => Assert.False(PlainCredentials.TryParse(Base64(message), out _));

    [Theory]
    [InlineData("=")]
    [InlineData("!!!!")]
    [InlineData("AHRpbQBzZWNyZX")]
    [InlineData("AHRpbQD/")] // no UTF-8
    public void A_text_that_is_no_Base64_of_UTF8_is_refused(string response) => Assert.False(PlainCredentials.TryParse(response, out _));

    [Fact]
    public void A_password_is_never_shown() => Assert.Equal("tim", new PlainCredentials("tim", "secret").ToString());

    private static string Base64(string message) => Convert.ToBase64String(Encoding.UTF8.GetBytes(message));
}
