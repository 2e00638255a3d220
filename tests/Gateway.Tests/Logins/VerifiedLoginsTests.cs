using Orleans.Mail.Gateway.Logins;

namespace Orleans.Mail.Gateway.Tests.Logins;

public sealed class VerifiedLoginsTests
{
    private static readonly MailAddress Mick = Address("mick");
    private static readonly AccountLogin First = new("box", new([], 4096, [], []), "1", true, false);

    [Fact]
    public void A_login_is_known_by_address_version_and_password_together()
    {
        var logins = new VerifiedLogins(10);
        logins.Add(Mick, First, "secret");

        Assert.True(logins.Contains(Mick, First, "secret"));
        Assert.False(logins.Contains(Mick, First, "secret2"));
        Assert.False(logins.Contains(Mick, First, ""));
        Assert.False(logins.Contains(Mick, First with { Version = "2" }, "secret"));
        Assert.False(logins.Contains(Address("mike"), First, "secret"));
    }

    [Fact]
    public void A_long_password_is_told_from_another()
    {
        var logins = new VerifiedLogins(10);
        var password = new string('x', 5000);
        logins.Add(Mick, First, password);

        Assert.True(logins.Contains(Mick, First, password));
        Assert.False(logins.Contains(Mick, First, password + "x"));
    }

    [Fact]
    public void There_are_never_more_than_the_capacity()
    {
        var logins = new VerifiedLogins(100);
        for (var i = 0; i < 1000; i++)
        {
            logins.Add(Address($"user{i}"), First, "secret");
            Assert.InRange(logins.Count, 1, 101);
        }

        Assert.True(logins.Contains(Address("user999"), First, "secret"));
        Assert.False(logins.Contains(Address("user0"), First, "secret"));
    }

    [Fact]
    public void Who_logs_in_again_and_again_is_not_forgotten()
    {
        var logins = new VerifiedLogins(100);
        logins.Add(Mick, First, "secret");
        for (var i = 0; i < 1000; i++)
        {
            logins.Add(Address($"user{i}"), First, "secret");
            Assert.True(logins.Contains(Mick, First, "secret"));
        }
    }

    private static MailAddress Address(string local)
    {
        Assert.True(MailAddress.TryCreate(local, "acme.test", out var address));
        return address;
    }
}
