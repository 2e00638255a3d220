namespace Orleans.Mail.Gateway.Tests.Smtp;

public sealed class LargeMessageTests
{
    // More than the gateway may hold: the pipe into the store and the wire.
    private const int Held = 1024 * 1024;

    private static readonly string Line = new string('x', 998) + "\r\n";

    [Fact]
    public async Task A_message_is_stored_while_it_comes_and_memory_stays_bounded()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var world = await SmtpWorld.StartAsync();
        await using var client = await SmtpClient.ConnectAsync(world);
        world.Bodies.Gate = gate.Task;
        await client.StartDataAsync("mick@acme.test");
        var text = string.Concat(Enumerable.Repeat(Line, 5000));

        var (sent, sending) = await SendUntilHeldUpAsync(client, text);
        Assert.InRange(sent, 64 * 1024, Held);
        gate.SetResult();
        await sending;
        await client.SendAsync(text[sent..]);
        await client.SayAsync(".", "250");

        Assert.Equal(text, world.Stored(Assert.Single(world.Router.Submitted).Message.Body).Message);
    }

    [Fact]
    public async Task A_slow_store_is_not_the_clients_fault()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var world = await SmtpWorld.StartAsync();
        await using var client = await SmtpClient.ConnectAsync(world);
        world.Bodies.Gate = gate.Task;
        await client.StartDataAsync("mick@acme.test");
        var text = string.Concat(Enumerable.Repeat(Line, 2000));

        var (sent, sending) = await SendUntilHeldUpAsync(client, text);
        world.Time.Advance(TimeSpan.FromMinutes(20));
        gate.SetResult();
        await sending;
        await client.SendAsync(text[sent..]);

        await client.SayAsync(".", "250");
    }

    [Fact]
    public async Task Nothing_of_a_message_stays_whose_client_has_gone()
    {
        await using var world = await SmtpWorld.StartAsync();
        var client = await SmtpClient.ConnectAsync(world);
        await client.StartDataAsync("mick@acme.test");
        await client.SendAsync(string.Concat(Enumerable.Repeat(Line, 500)));
        await client.DisposeAsync();

        Assert.Equal((0, 1), (world.Bodies.Count, world.Bodies.GivenUp));
        Assert.Empty(world.Router.Submitted);
    }

    [Fact]
    public async Task A_message_refused_at_its_end_leaves_nothing_and_the_next_one_is_taken()
    {
        await using var world = await SmtpWorld.StartAsync(("Smtp:MaxMessageSize", "300000"));
        await using var client = await SmtpClient.ConnectAsync(world);
        await client.StartDataAsync("mick@acme.test");
        await client.SendAsync(string.Concat(Enumerable.Repeat(Line, 500)));
        await client.SayAsync(".", "552 5.3.4");
        Assert.Equal((0, 1), (world.Bodies.Count, world.Bodies.GivenUp));

        var text = string.Concat(Enumerable.Repeat(Line, 299));
        await client.StartDataAsync("mick@acme.test");
        await client.SendAsync(text);
        await client.SayAsync(".", "250");

        Assert.Equal(text, world.Stored(Assert.Single(world.Router.Submitted).Message.Body).Message);
    }

    [Fact]
    public async Task RSET_between_chunks_gives_the_body_up()
    {
        await using var world = await SmtpWorld.StartAsync();
        await using var client = await SmtpClient.ConnectAsync(world);
        await client.SayAsync("MAIL FROM:<jane@else.test>", "250");
        await client.SayAsync("RCPT TO:<mick@acme.test>", "250");
        await client.SendAsync("BDAT 500000\r\n");
        await client.SendAsync(string.Concat(Enumerable.Repeat(Line, 500)));
        Assert.StartsWith("250", await client.ReadAsync(), StringComparison.Ordinal);
        await client.SayAsync("RSET", "250");

        Assert.Equal((0, 1), (world.Bodies.Count, world.Bodies.GivenUp));
    }

    // The store takes nothing: sending stops by itself. Returns what was sent and the send that waits. The server runs
    // inline in each send as far as it can, so a send that is not complete at once is held up.
    private static async Task<(int Sent, Task Sending)> SendUntilHeldUpAsync(SmtpClient client, string text)
    {
        await client.Wire.UntilIdleAsync(client.Limit);
        for (var at = 0; at < text.Length; at += Line.Length)
        {
            var sending = client.SendAsync(text.Substring(at, Line.Length));
            if (!sending.IsCompleted)
                return (at + Line.Length, sending);
        }

        throw new InvalidOperationException("the whole message was taken, although the store takes nothing");
    }
}
