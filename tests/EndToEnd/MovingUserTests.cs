using System.Text;
using Orleans.Mail.EndToEnd.Server;

namespace Orleans.Mail.EndToEnd;

/// <summary>A user moves, is deleted and comes back while mail keeps arriving: nothing is lost, and nobody sees another's.</summary>
public sealed class MovingUserTests
{
    private static readonly string[] Names = ["mick@acme.test", "mike@other.test"];

    [Fact]
    public async Task Mail_that_was_accepted_is_in_exactly_one_mailbox_or_went_with_its_user()
    {
        await using var server = await ServerUnderTest.StartAsync();
        await server.ManageAsync("DOMAIN ADD NAME=other.test", "USER ADD NAME=mick DOMAIN=acme.test PASS=secret");
        using var stop = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        var senders = Enumerable.Range(0, 4).Select(sender => SendAsync(server, sender, stop.Token)).ToArray();

        var deleted = new HashSet<string>();
        for (var round = 0; round < 6; round++)
        {
            await MoveAsync(server, "mick", "acme.test", "mike", "other.test");
            await MoveAsync(server, "mike", "other.test", "mick", "acme.test");
            if (round is not (1 or 3))
                continue;
            // What is fetched before the deletion goes with it; what comes between is refused or goes with it, too.
            var old = await FetchSomeAsync(server);
            deleted.UnionWith(old);
            await server.ManageAsync("USER DEL NAME=mick DOMAIN=acme.test", "USER ADD NAME=mick DOMAIN=acme.test PASS=secret");
        }

        await FetchSomeAsync(server);
        await stop.CancelAsync();
        var sent = (await Task.WhenAll(senders)).SelectMany(of => of).ToList();
        var kept = await Wire.FetchAllAsync(server.Pop3, "mick@acme.test");

        Assert.Equal(kept.Count, kept.Distinct().Count());
        Assert.DoesNotContain(kept, deleted.Contains); // the new user has nothing of the old one
        var lastDeletion = sent.FindLastIndex(message => deleted.Contains(message.Text));
        Assert.All(sent.Where(message => message.Number > 0 && kept.Contains(message.Text)), message => Assert.True(message.Accepted, message.Text));
        foreach (var sender in sent.GroupBy(message => message.Sender))
        {
            // From the first message of the last user on, each that was accepted is there.
            var accepted = sender.Where(message => message.Accepted).ToList();
            var first = accepted.FindIndex(message => kept.Contains(message.Text));
            if (first >= 0)
                Assert.All(accepted.Skip(first), message => Assert.Contains(message.Text, kept));
        }

        Assert.NotEmpty(kept);
        Assert.True(lastDeletion >= 0, "no message was there when the user was deleted: the test shows nothing");
    }

    /// <summary>What mick has, once there is something.</summary>
    private static async Task<IReadOnlyList<string>> FetchSomeAsync(ServerUnderTest server)
    {
        while (true)
        {
            var messages = await Wire.FetchAllAsync(server.Pop3, "mick@acme.test");
            if (messages.Count > 0)
                return messages;
        }
    }

    private static async Task MoveAsync(ServerUnderTest server, string name, string domain, string newName, string newDomain) =>
        await server.ManageAsync($"USER MOD NAME={name} DOMAIN={domain} NEWNAME={newName} NEWDOMAIN={newDomain}");

    private static async Task<List<Sent>> SendAsync(ServerUnderTest server, int sender, CancellationToken stop)
    {
        var sent = new List<Sent>();
        using var client = await Wire.GreetAsync(server.Smtp);
        for (var number = 0; !stop.IsCancellationRequested || number < 10; number++)
        {
            var text = $"Subject: {sender}-{number}\r\n\r\n{sender}-{number}\r\n";
            var reply = await Wire.SendAsync(client, Names[number % 2], Encoding.ASCII.GetBytes(text));
            Assert.Matches("^(250 2.0.0|450 4.2.1|550 5.1.1)", reply);
            sent.Add(new Sent(sender, number, text, reply.StartsWith("250", StringComparison.Ordinal)));
            if (reply[0] != '2')
                await client.SmtpAsync("RSET");
        }

        return sent;
    }

    private sealed record Sent(int Sender, int Number, string Text, bool Accepted);
}
