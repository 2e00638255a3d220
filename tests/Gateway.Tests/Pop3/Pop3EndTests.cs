namespace Orleans.Mail.Gateway.Tests.Pop3;

public sealed class Pop3EndTests
{
    private const string Stopping = "-ERR [SYS/TEMP] server is stopping";

    [Fact]
    public async Task A_gateway_that_stops_ends_idle_sessions_and_deletes_nothing()
    {
        await using var world = await Pop3World.StartAsync();
        await using var inside = await WireClient.LogInAsync(world.Handler);
        await using var outside = new WireClient();
        outside.Wire.Start(world.Handler);
        await outside.ReadAsync();
        await inside.AskAsync("DELE 1");

        var stop = world.Connections.StoppingAsync(inside.Limit);

        Assert.Equal(Stopping, await inside.ReadAsync());
        Assert.Null(await inside.ReadAsync());
        Assert.Equal(Stopping, await outside.ReadAsync());
        await stop.WaitAsync(inside.Limit);
        Assert.Equal(3, world.Mailbox.Entries.Count);
        Assert.False(world.Mailbox.IsHeld);
    }

    [Fact]
    public async Task A_command_in_hand_is_finished_before_the_session_ends()
    {
        await using var world = await Pop3World.StartAsync();
        await using var client = await WireClient.LogInAsync(world.Handler);
        var read = new TaskCompletionSource();
        world.Bodies.Until = read.Task;
        await client.Wire.SendAsync("RETR 1\r\nDELE 1\r\nQUIT\r\n"u8.ToArray(), client.Limit);

        var stop = world.Connections.StoppingAsync(client.Limit);
        read.SetResult();

        Assert.Equal("+OK 53 octets", await client.ReadAsync());
        Assert.Equal(4, (await client.ReadLinesAsync()).Count);
        Assert.Equal(Stopping, await client.ReadAsync());
        Assert.Null(await client.ReadAsync());
        await stop.WaitAsync(client.Limit);
        Assert.Equal(3, world.Mailbox.Entries.Count);
    }

    [Fact]
    public async Task Who_comes_while_the_gateway_drains_is_told_that_it_stops()
    {
        await using var world = await Pop3World.StartAsync();
        await using var client = await WireClient.LogInAsync(world.Handler);
        var read = new TaskCompletionSource();
        world.Bodies.Until = read.Task;
        await client.SendAsync("RETR 1");
        var stop = world.Connections.StoppingAsync(client.Limit);

        await using var late = new WireClient();
        late.Wire.Start(world.Handler);
        Assert.Equal(Stopping, await late.ReadAsync());
        Assert.Null(await late.ReadAsync());

        Assert.StartsWith("refused reason=stopping client=127.0.0.1 port=pop3", Assert.Single(world.Perimeter.Refused), StringComparison.Ordinal);
        read.SetResult();
        await stop.WaitAsync(client.Limit);
    }

    [Fact]
    public async Task A_proxy_that_has_not_spoken_when_the_gateway_stops_is_not_blamed()
    {
        await using var world = await Pop3World.StartAsync(new Dictionary<string, string> { ["Gateway:TrustedProxies"] = "127.0.0.1" });
        await using var client = new WireClient();
        client.Wire.Start(world.Handler);
        await client.Wire.UntilIdleAsync(client.Limit);

        await world.Connections.StoppingAsync(client.Limit).WaitAsync(client.Limit);

        await client.EndAsync();
        Assert.Equal("refused reason=stopping client=127.0.0.1 port=pop3 name=\"\" reply=\"\"", Assert.Single(world.Perimeter.Refused));
    }

    [Fact]
    public async Task A_message_that_cannot_be_read_to_its_end_breaks_the_connection()
    {
        await using var world = await Pop3World.StartAsync();
        world.Mailbox.Add("01HZZZZZZZ0000000000000009", world.Bodies.Add(new string('x', 200_000) + "\r\n"));
        world.Bodies.FailsAfter = 100_000;
        await using var client = await WireClient.LogInAsync(world.Handler);

        await client.SendAsync("RETR 4");
        await client.EndAsync();

        Assert.NotNull(client.Wire.Aborted);
        Assert.False(world.Mailbox.IsHeld);
        Assert.Equal(0, world.Bodies.Open);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(10)]
    public async Task A_body_that_is_shorter_than_its_entry_says_is_not_passed_off_as_whole(int octets)
    {
        await using var world = await Pop3World.StartAsync();
        await using var client = await WireClient.LogInAsync(world.Handler);
        world.Bodies.Cut(world.Mailbox.Entries[0].Body, octets);

        Assert.Equal("-ERR [SYS/TEMP] the mailbox cannot be read now, try again later", await client.AskAsync("RETR 1"));
        Assert.Equal("+OK 1 53", await client.AskAsync("LIST 1"));
        Assert.Equal(0, world.Bodies.Open);
    }

    [Fact]
    public async Task A_client_that_is_gone_while_it_waits_for_a_refusal_ends_the_session()
    {
        await using var world = await Pop3World.StartAsync(new Dictionary<string, string> { ["Logins:FailureDelay"] = "10" });
        await using var client = new WireClient();
        client.Wire.Start(world.Handler);
        await client.ReadAsync();
        await client.AskAsync("USER mick@acme.test");
        await client.SendAsync("PASS wrong");
        await world.Time.NextTimerAsync(client.Limit);

        client.Wire.Abort(new Microsoft.AspNetCore.Connections.ConnectionAbortedException("gone"));
        world.Pass(TimeSpan.FromSeconds(10));

        await client.EndAsync();
    }

    [Fact]
    public async Task A_refused_login_is_answered_late()
    {
        await using var world = await Pop3World.StartAsync(new Dictionary<string, string> { ["Logins:FailureDelay"] = "1" });
        await using var client = new WireClient();
        client.Wire.Start(world.Handler);
        await client.ReadAsync();
        foreach (var seconds in new[] { 1, 2, 4 })
        {
            await client.AskAsync("USER mick@acme.test");
            await client.SendAsync("PASS wrong");
            await world.Time.NextTimerAsync(client.Limit);
            var reply = client.ReadAsync();
            world.Time.Advance(TimeSpan.FromSeconds(seconds) - TimeSpan.FromMilliseconds(1));
            Assert.False(reply.IsCompleted);
            world.Time.Advance(TimeSpan.FromMilliseconds(1));
            Assert.Equal("-ERR [AUTH] wrong name or password", await reply);
        }
    }
}
