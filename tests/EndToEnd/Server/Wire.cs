using System.Net;
using System.Text;

namespace Orleans.Mail.EndToEnd.Server;

/// <summary>Mail in and out by hand-written protocol lines, for what a mail client would never send. Octets are Latin-1 characters.</summary>
public static class Wire
{
    /// <summary>Sends one message (dot-stuffed here); returns the reply to its end.</summary>
    public static async Task<string> SendAsync(IPEndPoint smtp, string recipient, byte[] message)
    {
        using var client = await GreetAsync(smtp);
        var reply = await SendAsync(client, recipient, message);
        await client.SmtpAsync("QUIT");
        return reply;
    }

    /// <summary>A connection after EHLO.</summary>
    public static async Task<LineClient> GreetAsync(IPEndPoint smtp)
    {
        var client = await LineClient.ConnectAsync(smtp);
        Assert.StartsWith("220 ", await client.SmtpReplyAsync(), StringComparison.Ordinal);
        Assert.StartsWith("250 ", await client.SmtpAsync("EHLO client.test"), StringComparison.Ordinal);
        return client;
    }

    /// <summary>One transaction; returns the reply to its end, or the first refusal.</summary>
    public static async Task<string> SendAsync(LineClient client, string recipient, byte[] message)
    {
        foreach (var command in (string[])["MAIL FROM:<sender@client.test>", $"RCPT TO:<{recipient}>", "DATA"])
        {
            var reply = await client.SmtpAsync(command);
            if (reply[0] is not ('2' or '3'))
                return reply;
        }

        await client.SendAsync(Stuff(message) + ".\r\n");
        return await client.SmtpReplyAsync();
    }

    /// <summary>All messages of a mailbox without the fields that the server added, each of its size.</summary>
    public static async Task<IReadOnlyList<string>> FetchAllAsync(IPEndPoint pop3, string user, string password = "secret", bool delete = false)
    {
        var messages = await TryFetchAllAsync(pop3, user, password, delete);
        Assert.NotNull(messages);
        return messages;
    }

    /// <summary>The same; null when the login is refused.</summary>
    public static async Task<IReadOnlyList<string>?> TryFetchAllAsync(IPEndPoint pop3, string user, string password = "secret", bool delete = false)
    {
        using var client = await LineClient.ConnectAsync(pop3);
        Assert.StartsWith("+OK", await client.ReadLineAsync(), StringComparison.Ordinal);
        Assert.StartsWith("+OK", await client.Pop3Async($"USER {user}"), StringComparison.Ordinal);
        if (!(await client.Pop3Async($"PASS {password}")).StartsWith("+OK", StringComparison.Ordinal))
            return null;
        var count = int.Parse((await client.Pop3Async("STAT")).Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture);
        var messages = new List<string>();
        for (var number = 1; number <= count; number++)
        {
            var size = (await client.Pop3Async($"LIST {number}")).Split(' ')[2];
            Assert.StartsWith("+OK", await client.Pop3Async($"RETR {number}"), StringComparison.Ordinal);
            var message = await client.Pop3BodyAsync();
            Assert.Equal(size, message.Length.ToString(System.Globalization.CultureInfo.InvariantCulture));
            messages.Add(Encoding.Latin1.GetString(AddedFields.Remove(Encoding.Latin1.GetBytes(message))));
            if (delete)
                Assert.StartsWith("+OK", await client.Pop3Async($"DELE {number}"), StringComparison.Ordinal);
        }

        Assert.StartsWith("+OK", await client.Pop3Async("QUIT"), StringComparison.Ordinal);
        return messages;
    }

    /// <summary>RFC 5321 4.5.2.</summary>
    private static string Stuff(byte[] message)
    {
        var text = Encoding.Latin1.GetString(message).Replace("\r\n.", "\r\n..", StringComparison.Ordinal);
        return text.StartsWith('.') ? "." + text : text;
    }
}
