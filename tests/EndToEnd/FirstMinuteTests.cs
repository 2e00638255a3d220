using Orleans.Mail.EndToEnd.Server;

namespace Orleans.Mail.EndToEnd;

/// <summary>What the README's first minute promises, line by line.</summary>
public sealed class FirstMinuteTests
{
    [Fact]
    public async Task A_domain_and_a_user_by_telnet_then_a_message_in_and_out()
    {
        await using var server = await ServerUnderTest.StartAsync();
        using (var telnet = await LineClient.ConnectAsync(server.Management))
        {
            Assert.StartsWith("OK0100 eXtremail V1.1 release 10 REMote management (Orleans.Mail V", Assert.Single(await telnet.ManageReplyAsync()), StringComparison.Ordinal);
            Assert.StartsWith("OK01", (await telnet.ManageAsync("LOGIN system"))[^1], StringComparison.Ordinal);
            Assert.StartsWith("OK03", (await telnet.ManageAsync("DOMAIN ADD NAME=first.test"))[^1], StringComparison.Ordinal);
            Assert.StartsWith("OK02", (await telnet.ManageAsync("USER ADD NAME=mick DOMAIN=first.test PASS=secret"))[^1], StringComparison.Ordinal);
            Assert.Equal(["mick@first.test"], (await telnet.ManageAsync("USER LIST ALL")).SkipLast(1));
            Assert.StartsWith("OK01", (await telnet.ManageAsync("QUIT"))[^1], StringComparison.Ordinal);
            Assert.Null(await telnet.ReadLineAsync());
        }

        await Wire.SendAsync(server.Smtp, "mick@first.test", "Subject: hello\r\n\r\nfirst minute\r\n"u8.ToArray());

        foreach (var login in (string[])["mick@first.test", "mick.first.test"])
            Assert.Equal("Subject: hello\r\n\r\nfirst minute\r\n", Assert.Single(await Wire.FetchAllAsync(server.Pop3, login)));
    }

    [Fact]
    public async Task A_user_deleted_and_added_again_has_an_empty_mailbox()
    {
        await using var server = await ServerUnderTest.StartAsync();
        await server.AddUserAsync("mick");
        await Wire.SendAsync(server.Smtp, "mick@acme.test", "Subject: old\r\n\r\nold\r\n"u8.ToArray());

        await server.ManageAsync("USER DEL NAME=mick DOMAIN=acme.test", "USER ADD NAME=mick DOMAIN=acme.test PASS=other");

        Assert.Empty(await Wire.FetchAllAsync(server.Pop3, "mick@acme.test", "other"));
    }

    [Fact]
    public async Task A_password_changed_is_the_only_one_at_once()
    {
        await using var server = await ServerUnderTest.StartAsync();
        await server.AddUserAsync("mick");
        Assert.Empty(await Wire.FetchAllAsync(server.Pop3, "mick@acme.test"));

        await server.ManageAsync("USER MOD NAME=mick DOMAIN=acme.test PASS=changed");

        using var client = await LineClient.ConnectAsync(server.Pop3);
        await client.ReadLineAsync();
        await client.Pop3Async("USER mick@acme.test");
        Assert.StartsWith("-ERR [AUTH]", await client.Pop3Async("PASS secret"), StringComparison.Ordinal);
        Assert.Empty(await Wire.FetchAllAsync(server.Pop3, "mick@acme.test", "changed"));
    }
}
