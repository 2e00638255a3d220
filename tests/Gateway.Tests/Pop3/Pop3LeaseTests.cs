namespace Orleans.Mail.Gateway.Tests.Pop3;

public sealed class Pop3LeaseTests
{
    [Fact]
    public async Task A_lease_is_renewed_every_20_seconds_with_the_time_of_silence()
    {
        await using var world = await Pop3World.StartAsync();
        await using var client = await WireClient.LogInAsync(world.Handler);

        world.Pass(TimeSpan.FromSeconds(19));
        Assert.Empty(world.Mailbox.Silences);
        world.Pass(TimeSpan.FromSeconds(1));
        Assert.Equal([TimeSpan.FromSeconds(20)], world.Mailbox.Silences);

        Assert.Equal("+OK", await client.AskAsync("NOOP"));
        world.Pass(TimeSpan.FromSeconds(20));
        Assert.Equal([TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(20)], world.Mailbox.Silences);
        world.Pass(TimeSpan.FromSeconds(20));
        Assert.Equal(TimeSpan.FromSeconds(40), world.Mailbox.Silences[^1]);
    }

    [Fact]
    public async Task A_renewal_that_fails_is_tried_again_soon_and_costs_the_session_nothing()
    {
        await using var world = await Pop3World.StartAsync();
        await using var client = await WireClient.LogInAsync(world.Handler);
        world.Mailbox.Fail("Renew", 1);

        world.Pass(TimeSpan.FromSeconds(20));
        Assert.Empty(world.Mailbox.Silences);
        world.Pass(TimeSpan.FromSeconds(5));
        Assert.Single(world.Mailbox.Silences);
        Assert.Equal("+OK 3 183", await client.AskAsync("STAT"));
    }

    [Fact]
    public async Task A_session_that_ended_is_not_renewed()
    {
        await using var world = await Pop3World.StartAsync();
        await using var client = await WireClient.LogInAsync(world.Handler);
        Assert.Equal("+OK goodbye", await client.AskAsync("QUIT"));
        await client.EndAsync();

        world.Pass(TimeSpan.FromMinutes(2));
        Assert.DoesNotContain("Renew", world.Mailbox.Calls);
        Assert.Equal(0, world.Mailboxes.Count);
    }

    [Fact]
    public async Task An_idle_session_that_lost_its_mailbox_says_so_and_ends()
    {
        await using var world = await Pop3World.StartAsync();
        await using var client = await WireClient.LogInAsync(world.Handler);
        Assert.Equal("+OK message deleted", await client.AskAsync("DELE 1"));
        world.Mailbox.TakeOver();

        world.Pass(TimeSpan.FromSeconds(20));

        Assert.Equal("-ERR [SYS/TEMP] another session took the mailbox over, nothing was deleted", await client.ReadAsync());
        Assert.Null(await client.ReadAsync());
        await client.EndAsync();
        Assert.Equal(3, world.Mailbox.Entries.Count);
        Assert.True(world.Mailbox.IsHeld, "the mailbox is the other session's");
    }

    [Fact]
    public async Task QUIT_after_a_take_over_deletes_nothing_and_says_so()
    {
        await using var world = await Pop3World.StartAsync();
        await using var client = await WireClient.LogInAsync(world.Handler);
        await client.AskAsync("DELE 1");
        world.Mailbox.TakeOver();

        Assert.StartsWith("-ERR [SYS/TEMP]", await client.AskAsync("QUIT"), StringComparison.Ordinal);
        Assert.Null(await client.ReadAsync());
        Assert.Equal(3, world.Mailbox.Entries.Count);
    }

    [Theory]
    [InlineData("LIST")]
    [InlineData("RETR 1")]
    [InlineData("DELE 1")]
    public async Task A_lease_that_is_lost_before_the_snapshot_was_read_ends_the_session(string command)
    {
        await using var world = await Pop3World.StartAsync();
        await using var client = await WireClient.LogInAsync(world.Handler);
        world.Mailbox.TakeOver();

        Assert.StartsWith("-ERR [SYS/TEMP] another session", await client.AskAsync(command), StringComparison.Ordinal);
        Assert.Null(await client.ReadAsync());
    }

    [Fact]
    public async Task A_second_session_waits_for_the_first()
    {
        await using var world = await Pop3World.StartAsync();
        await using var first = await WireClient.LogInAsync(world.Handler);
        await using var second = new WireClient();
        second.Wire.Start(world.Handler);
        await second.ReadAsync();
        await second.AskAsync("USER mick@acme.test");
        Assert.Equal("-ERR [IN-USE] another session holds this mailbox", await second.AskAsync("PASS secret"));

        await first.AskAsync("QUIT");
        await second.AskAsync("USER mick@acme.test");
        Assert.StartsWith("+OK", await second.AskAsync("PASS secret"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Mail_that_comes_during_the_session_is_not_in_it()
    {
        await using var world = await Pop3World.StartAsync();
        await using var client = await WireClient.LogInAsync(world.Handler);
        world.Mailbox.Add("01HZZZZZZZ0000000000000000", world.Bodies.Add("new\r\n"));

        Assert.Equal("+OK 3 183", await client.AskAsync("STAT"));
        await client.SendAsync("LIST");
        await client.ReadAsync();
        Assert.Equal(["1 53", "2 65", "3 65"], await client.ReadLinesAsync());
        Assert.Equal("+OK 3 183", await client.AskAsync("STAT"));
    }

    [Fact]
    public async Task STAT_reads_no_index_and_the_index_is_read_once()
    {
        await using var world = await Pop3World.StartAsync();
        await using var client = await WireClient.LogInAsync(world.Handler);
        await client.AskAsync("STAT");
        await client.AskAsync("RSET");
        await client.AskAsync("NOOP");
        Assert.DoesNotContain("ReadIndex", world.Mailbox.Calls);

        await client.AskAsync("LIST 1");
        await client.AskAsync("UIDL 1");
        await client.AskAsync("DELE 1");
        Assert.Equal(2, world.Mailbox.Calls.Count(call => call == "ReadIndex")); // two pages
    }
}
