using System.Net;

namespace Orleans.Mail.Gateway.Tests.Smtp;

/// <summary>What a client says of delivery reports, as the router hears it.</summary>
public sealed class SmtpReportTests
{
    private static readonly IPAddress Known = IPAddress.Parse("203.0.113.9");

    [Fact]
    public async Task What_MAIL_and_RCPT_ask_for_goes_on_with_the_message()
    {
        var envelope = await SendAsync(
            "MAIL FROM:<ann@acme.test> RET=FULL ENVID=a+2Bb",
            ["RCPT TO:<mick@acme.test> NOTIFY=SUCCESS,DELAY ORCPT=rfc822;m@else.test", "RCPT TO:<bob@far.test> NOTIFY=NEVER", "RCPT TO:<eve@far.test>"],
            "x");

        Assert.Equal(
            new MailRequest { Return = ReturnContent.Full, EnvelopeId = "a+b", IsTrusted = true, Account = "ann@acme.test" },
            envelope.Request);
        Assert.Equal(
            [(Notify.Success | Notify.Delay, "rfc822;m@else.test"), (Notify.Never, ""), (Notify.Default, "")],
            envelope.Recipients.Select(recipient => (recipient.Notify, recipient.OriginalRecipient)));
    }

    [Fact]
    public async Task Plain_mail_of_strangers_carries_nothing()
    {
        var envelope = await SendAsync("MAIL FROM:<jane@else.test>", ["RCPT TO:<mick@acme.test>"], "x", known: false);

        Assert.Same(MailRequest.None, envelope.Request);
    }

    [Theory]
    [InlineData("MAIL FROM:<jane@else.test> BODY=8BITMIME", "gr\u00fcn", true, false)]
    [InlineData("MAIL FROM:<jane@else.test>", "gr\u00fcn", true, false)]
    [InlineData("MAIL FROM:<jane@else.test> BODY=8BITMIME", "green", false, false)]
    [InlineData("MAIL FROM:<jane@else.test> SMTPUTF8", "green", false, true)]
    public async Task Octets_over_127_and_SMTPUTF8_are_noted(string mail, string text, bool is8Bit, bool isUtf8)
    {
        var request = (await SendAsync(mail, ["RCPT TO:<mick@acme.test>"], text, known: false)).Request;

        Assert.Equal((is8Bit, isUtf8, false, ""), (request.Is8Bit, request.IsUtf8, request.IsTrusted, request.Account));
    }

    [Fact]
    public async Task A_stranger_may_ask_but_is_not_trusted()
    {
        var envelope = await SendAsync("MAIL FROM:<ann@acme.test> RET=HDRS", ["RCPT TO:<mick@acme.test> NOTIFY=SUCCESS"], "x", known: false);

        Assert.Equal(new MailRequest { Return = ReturnContent.Headers }, envelope.Request);
        Assert.Equal(Notify.Success, envelope.Recipients[0].Notify);
    }

    [Theory]
    [InlineData("", "", Notify.Default)]
    [InlineData("", "NEVER", Notify.Default)]
    [InlineData("NEVER", "NEVER", Notify.Never)]
    [InlineData("NEVER", "SUCCESS", Notify.Success)]
    [InlineData("FAILURE", "NEVER", Notify.Failure)]
    [InlineData("SUCCESS", "", Notify.Success | Notify.Failure | Notify.Delay)]
    [InlineData("", "FAILURE", Notify.Failure | Notify.Delay)]
    [InlineData("SUCCESS", "DELAY", Notify.Success | Notify.Delay)]
    public async Task Who_is_named_twice_is_told_what_was_asked_for_once(string first, string second, Notify merged)
    {
        var recipients = new[] { (first, "ORCPT=rfc822;one@else.test"), (second, "ORCPT=rfc822;two@else.test") }
            .Select(each => $"RCPT TO:<mick@acme.test> {each.Item2}" + (each.Item1.Length > 0 ? $" NOTIFY={each.Item1}" : ""));
        var recipient = Assert.Single((await SendAsync("MAIL FROM:<jane@else.test>", [.. recipients], "x")).Recipients);

        Assert.Equal((merged, "rfc822;one@else.test"), (recipient.Notify, recipient.OriginalRecipient));
    }

    [Fact]
    public async Task A_permit_is_asked_for_only_when_reports_are()
    {
        await using var world = await SmtpWorld.StartAsync(("CFG_ANTI_RELY", "2"));
        await using var client = await SmtpClient.ConnectAsync(world, address: Known);
        world.Permits.Trouble = new TimeoutException("the silo does not answer");
        await client.StartDataAsync("mick@acme.test");
        await client.SayAsync("x\r\n.", "250");

        await client.SayAsync("MAIL FROM:<jane@else.test>", "250");
        await client.SayAsync("RCPT TO:<mick@acme.test> NOTIFY=SUCCESS", "250");
        await client.SayAsync("DATA", "354");
        await client.SayAsync("x\r\n.", "451 4.3.0");
    }

    [Fact]
    public async Task An_original_address_outside_ASCII_needs_SMTPUTF8()
    {
        await using var world = await SmtpWorld.StartAsync();
        await using var client = await SmtpClient.ConnectAsync(world);
        await client.SayAsync("MAIL FROM:<jane@else.test>", "250");
        await client.SayAsync("RCPT TO:<mick@acme.test> ORCPT=utf-8;m\u00c3\u00bcller@else.test", "553 5.6.7");
        await client.SayAsync("RSET", "250");
        await client.SayAsync("MAIL FROM:<jane@else.test> SMTPUTF8", "250");
        await client.SayAsync("RCPT TO:<mick@acme.test> ORCPT=utf-8;m\u00c3\u00bcller@else.test", "250");
    }

    [Fact]
    public void The_words_of_the_protocol_are_those_of_the_contracts()
    {
        Assert.Equal(Enum.GetValues<Notify>().Select(each => $"{each}={(int)each}"), Enum.GetValues<Protocols.Smtp.SmtpNotify>().Select(each => $"{each}={(int)each}"));
    }

    private static async Task<Envelope> SendAsync(string mail, string[] recipients, string text, bool known = true)
    {
        await using var world = await SmtpWorld.StartAsync(("CFG_LOCALIP", known ? "203.0.113.0/24" : "192.0.2.1"));
        await using var client = await SmtpClient.ConnectAsync(world, address: Known);
        await client.SayAsync(mail, "250");
        foreach (var recipient in recipients)
            await client.SayAsync(recipient, "250");
        await client.SayAsync("DATA", "354");
        await client.SayAsync($"{text}\r\n.", "250");
        return Assert.Single(world.Router.Submitted).Envelope;
    }
}
