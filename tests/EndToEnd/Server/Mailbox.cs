using System.Net;
using MailKit.Net.Pop3;
using MailKit.Security;
using MimeKit;

namespace Orleans.Mail.EndToEnd.Server;

/// <summary>A mailbox as a mail client sees it.</summary>
public static class Mailbox
{
    /// <summary>Waits until there is a message, which must be the only one.</summary>
    public static async Task<MimeMessage> FetchOnlyAsync(IPEndPoint pop3, string user, TimeSpan limit)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        using var end = new CancellationTokenSource(limit);
        while (true)
        {
            using var client = new Pop3Client();
            await client.ConnectAsync(pop3.Address.ToString(), pop3.Port, SecureSocketOptions.None, end.Token);
            await client.AuthenticateAsync(user, "secret", end.Token);
            if (client.Count > 0)
            {
                Assert.Equal(1, client.Count);
                return await client.GetMessageAsync(0, end.Token);
            }

            await client.DisconnectAsync(true, end.Token);
            await timer.WaitForNextTickAsync(end.Token);
        }
    }
}
