using Orleans.Mail.Protocols.Smtp;

namespace Orleans.Mail.Protocols.Tests.Smtp;

public sealed class TransmissionTypeTests
{
    [Theory]
    [InlineData("SMTP", false, false, false, false)]
    [InlineData("SMTP", false, false, true, false)]
    [InlineData("ESMTP", false, true, false, false)]
    [InlineData("ESMTPS", false, true, true, false)]
    [InlineData("ESMTPA", false, true, false, true)]
    [InlineData("ESMTPSA", false, true, true, true)]
    [InlineData("UTF8SMTP", true, true, false, false)]
    [InlineData("UTF8SMTPS", true, true, true, false)]
    [InlineData("UTF8SMTPA", true, true, false, true)]
    [InlineData("UTF8SMTPSA", true, true, true, true)]
    public void The_name_says_how_the_message_came(string name, bool utf8, bool extended, bool encrypted, bool authenticated) =>
        Assert.Equal(name, TransmissionType.Name(utf8, extended, encrypted, authenticated));
}
