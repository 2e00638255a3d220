using MailKit.Net.Pop3;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;
using Orleans.Mail.EndToEnd.Server;

namespace Orleans.Mail.EndToEnd;

/// <summary>The reference mail client of .NET sends and fetches; what comes out is, octet for octet, what went in.</summary>
public sealed class MailKitTests : IAsyncLifetime
{
    private ServerUnderTest server = null!;

    public async ValueTask InitializeAsync() => server = await ServerUnderTest.StartAsync();

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Fact]
    public async Task Eight_bit_text_arrives_as_it_was_sent()
    {
        await server.AddUserAsync("mick");
        var message = NewMessage("mick@acme.test", new TextPart("plain") { Text = "naïve café ☕\r\n", ContentTransferEncoding = ContentEncoding.EightBit });

        await SendAsync(message);

        Assert.Equal(Octets(message), await FetchOnlyAsync("mick@acme.test"));
    }

    [Fact]
    public async Task Addresses_in_utf8_are_delivered_and_fetched()
    {
        await server.ManageAsync("DOMAIN ADD NAME=bücher.test", "USER ADD NAME=jürgen DOMAIN=bücher.test PASS=secret");
        var message = NewMessage("jürgen@bücher.test", new TextPart("plain") { Text = "Grüße\r\n" });
        var format = FormatOptions.Default.Clone();
        format.International = true;

        using (var client = new SmtpClient())
        {
            await client.ConnectAsync(server.Smtp.Address.ToString(), server.Smtp.Port, SecureSocketOptions.None);
            await client.SendAsync(format, message);
            await client.DisconnectAsync(true);
        }

        Assert.Contains("Grüße", await FetchOnlyTextAsync("jürgen@bücher.test"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_20_MB_attachment_arrives_octet_for_octet()
    {
        await server.AddUserAsync("mick");
        var bytes = new byte[20 * 1024 * 1024];
        new Random(1).NextBytes(bytes);
        var attachment = new MimePart("application", "octet-stream")
        {
            Content = new MimeContent(new MemoryStream(bytes)),
            ContentTransferEncoding = ContentEncoding.Base64,
            FileName = "large.bin",
        };
        var message = NewMessage("mick@acme.test", new Multipart("mixed") { new TextPart("plain") { Text = "see there\r\n" }, attachment });

        await SendAsync(message);

        Assert.Equal(Octets(message), await FetchOnlyAsync("mick@acme.test"));
    }

    [Fact]
    public async Task A_hundred_recipients_get_one_copy_each()
    {
        var names = Enumerable.Range(0, 100).Select(number => $"u{number}").ToArray();
        await server.ManageAsync([.. names.Select(name => $"USER ADD NAME={name} DOMAIN=acme.test PASS=secret")]);
        var message = NewMessage("u0@acme.test", new TextPart("plain") { Text = "to all\r\n" });
        message.To.AddRange(names.Skip(1).Select(name => new MailboxAddress("", $"{name}@acme.test")));
        message.Cc.Add(new MailboxAddress("", "U0@ACME.test"));

        await SendAsync(message);

        foreach (var name in names)
            Assert.Equal(Octets(message), await FetchOnlyAsync($"{name}@acme.test"));
    }

    [Fact]
    public async Task Every_login_form_of_the_manual_opens_the_mailbox()
    {
        await server.AddUserAsync("mick");
        await SendAsync(NewMessage("mick@acme.test", new TextPart("plain") { Text = "hello\r\n" }));

        Assert.Contains("hello", await FetchOnlyTextAsync("mick@acme.test"), StringComparison.Ordinal);
        Assert.Contains("hello", await FetchOnlyTextAsync("mick.acme.test"), StringComparison.Ordinal);
        await Assert.ThrowsAsync<AuthenticationException>(() => FetchOnlyAsync("mick@acme.test", "wrong"));
    }

    [Fact]
    public async Task What_MailKit_deletes_is_gone_after_quit_and_the_unique_ids_stay()
    {
        await server.AddUserAsync("mick");
        for (var number = 0; number < 3; number++)
            await SendAsync(NewMessage("mick@acme.test", new TextPart("plain") { Text = $"message {number}\r\n" }));

        IList<string> before;
        using (var client = await LoginAsync("mick@acme.test", "secret"))
        {
            before = await client.GetMessageUidsAsync();
            await client.DeleteMessageAsync(1);
            await client.DisconnectAsync(true);
        }

        using var again = await LoginAsync("mick@acme.test", "secret");
        Assert.Equal([before[0], before[2]], await again.GetMessageUidsAsync());
        await again.DisconnectAsync(true);
    }

    private static MimeMessage NewMessage(string to, MimeEntity body)
    {
        var message = new MimeMessage { Subject = "test", Body = body };
        message.From.Add(new MailboxAddress("", "sender@client.test"));
        message.To.Add(new MailboxAddress("", to));
        return message;
    }

    private static byte[] Octets(MimeMessage message)
    {
        var format = FormatOptions.Default.Clone();
        format.NewLineFormat = NewLineFormat.Dos;
        format.EnsureNewLine = true;
        using var stream = new MemoryStream();
        message.WriteTo(format, stream);
        return stream.ToArray();
    }

    private async Task SendAsync(MimeMessage message)
    {
        using var client = new SmtpClient();
        await client.ConnectAsync(server.Smtp.Address.ToString(), server.Smtp.Port, SecureSocketOptions.None);
        await client.SendAsync(message);
        await client.DisconnectAsync(true);
    }

    private async Task<Pop3Client> LoginAsync(string user, string password)
    {
        var client = new Pop3Client();
        await client.ConnectAsync(server.Pop3.Address.ToString(), server.Pop3.Port, SecureSocketOptions.None);
        await client.AuthenticateAsync(System.Text.Encoding.UTF8, user, password);
        return client;
    }

    private async Task<string> FetchOnlyTextAsync(string user) => System.Text.Encoding.UTF8.GetString(await FetchOnlyAsync(user));

    /// <summary>The only message of a mailbox, without the three fields that the server puts in front of it.</summary>
    private async Task<byte[]> FetchOnlyAsync(string user, string password = "secret")
    {
        using var client = await LoginAsync(user, password);
        Assert.Equal(1, client.Count);
        using var stream = await client.GetStreamAsync(0);
        using var copy = new MemoryStream();
        await stream.CopyToAsync(copy);
        Assert.Equal(await client.GetMessageSizeAsync(0), copy.Length);
        await client.DisconnectAsync(true);
        return AddedFields.Remove(copy.ToArray());
    }
}
