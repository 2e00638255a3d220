using MailKit.Net.Pop3;
using MailKit.Security;
using MimeKit;
using Orleans.Mail.EndToEnd.Server;

namespace Orleans.Mail.EndToEnd;

/// <summary>Footers from the command to the reader.</summary>
public sealed class FooterTests
{
    [Fact]
    public async Task Both_footers_reach_the_reader_in_text_and_html_beside_a_large_attachment()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "in.txt"), "Ärger? help@acme.test\n", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "out.txt"), "-- \nACME & Co\n", TestContext.Current.CancellationToken);
        await using var server = await ServerUnderTest.StartAsync(settings: ["--CFG_LOCALIP=127.0.0.1", $"--Footers:Directory={folder.Path}"]);
        await server.AddUserAsync("mick");
        await server.ManageAsync("DOMAIN MOD NAME=acme.test MAILINFOOTER=in.txt MAILOUTFOOTER=out.txt");
        var attachment = new byte[5_000_000];
        new Random(1).NextBytes(attachment);
        var body = new BodyBuilder { TextBody = "Hello\r\n", HtmlBody = "<html><body>Hello</body></html>\r\n" };
        body.Attachments.Add("large.bin", attachment);
        using var message = new MimeMessage(
            [new MailboxAddress("", "ann@acme.test")], [new MailboxAddress("", "mick@acme.test")], "footers", body.ToMessageBody());
        using (var client = new MailKit.Net.Smtp.SmtpClient())
        {
            await client.ConnectAsync(server.Smtp.Address.ToString(), server.Smtp.Port, SecureSocketOptions.None, TestContext.Current.CancellationToken);
            await client.SendAsync(message, TestContext.Current.CancellationToken);
            await client.DisconnectAsync(true, TestContext.Current.CancellationToken);
        }

        using var reader = new Pop3Client();
        await reader.ConnectAsync(server.Pop3.Address.ToString(), server.Pop3.Port, SecureSocketOptions.None, TestContext.Current.CancellationToken);
        await reader.AuthenticateAsync("mick@acme.test", "secret", TestContext.Current.CancellationToken);
        Assert.Equal(1, reader.Count);
        using var read = await reader.GetMessageAsync(0, TestContext.Current.CancellationToken);

        Assert.Equal("Hello\r\n\r\n-- \r\nACME & Co\r\n\r\nÄrger? help@acme.test\r\n", read.TextBody?.ReplaceLineEndings("\r\n"));
        Assert.Equal(
            "<html><body>Hello<div><br>\r\n-- <br>\r\nACME &amp; Co</div>\r\n<div><br>\r\n&#196;rger? help@acme.test</div>\r\n</body></html>\r\n",
            read.HtmlBody?.ReplaceLineEndings("\r\n"));
        using var kept = new MemoryStream();
        await ((MimePart)read.Attachments.Single()).Content!.DecodeToAsync(kept, TestContext.Current.CancellationToken);
        Assert.Equal(attachment, kept.ToArray());
        await reader.DisconnectAsync(true, TestContext.Current.CancellationToken);
    }
}
