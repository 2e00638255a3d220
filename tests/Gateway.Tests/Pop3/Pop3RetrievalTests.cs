using System.Globalization;
using System.Text;

namespace Orleans.Mail.Gateway.Tests.Pop3;

public sealed class Pop3RetrievalTests
{
    public static TheoryData<string> Bodies() =>
    [
        "",
        ".\r\n",
        "\r\n",
        "\r\n\r\n.\r\n",
        "..\r\n.\r\n..\r\n",
        "a: b\r\n\r\n.\n.\r.\r\n",
        "a: b\r\n\r\nno end",
        string.Concat(Enumerable.Repeat(".\r\n", 50_000)),
        new string('x', 300_000) + "\r\n",
        string.Concat(Enumerable.Range(0, 5000).Select(i => new string('.', i % 7) + "\r\n")),
    ];

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task A_message_comes_back_octet_by_octet_and_as_long_as_LIST_says(string body)
    {
        foreach (var maxRead in new[] { 1 + (body.Length / 700), 4096, int.MaxValue })
        {
            await using var world = await Pop3World.StartAsync();
            world.Bodies.MaxRead = maxRead;
            world.Mailbox.Add("01HZZZZZZZ0000000000000009", world.Bodies.Add(body));
            await using var client = await WireClient.LogInAsync(world.Handler);

            var size = (await client.AskAsync("LIST 4"))!["+OK 4 ".Length..];
            Assert.Equal($"+OK {size} octets", await client.AskAsync("RETR 4"));
            var message = string.Concat((await client.ReadLinesAsync()).Select(line => line + "\r\n"));

            var stored = "Delivered-To: mick@acme.test\r\n" + body;
            Assert.Equal(stored.Length, int.Parse(size, CultureInfo.InvariantCulture));
            Assert.Equal(stored.EndsWith("\r\n", StringComparison.Ordinal) ? stored : stored + "\r\n", message);
        }
    }

    [Fact]
    public async Task Each_message_has_the_field_of_its_own_address()
    {
        await using var world = await Pop3World.StartAsync();
        await using var client = await WireClient.LogInAsync(world.Handler);
        for (var number = 1; number <= 3; number++)
        {
            await client.AskAsync($"RETR {number}");
            Assert.Equal(number == 3 ? "Delivered-To: mick+detail@acme.test" : "Delivered-To: mick@acme.test", (await client.ReadLinesAsync())[0]);
        }
    }

    [Fact]
    public async Task TOP_reads_a_large_message_only_as_far_as_it_needs()
    {
        await using var world = await Pop3World.StartAsync();
        world.Bodies.MaxRead = 1000;
        world.Bodies.FailsAfter = 200_000;
        world.Mailbox.Add("01HZZZZZZZ0000000000000009", world.Bodies.Add("Subject: x\r\n\r\n" + string.Concat(Enumerable.Repeat("0123456789\r\n", 100_000))));
        await using var client = await WireClient.LogInAsync(world.Handler);

        Assert.Equal("+OK top of message follows", await client.AskAsync("TOP 4 10000"));
        Assert.Equal(3 + 10_000, (await client.ReadLinesAsync()).Count);
    }

    [Fact]
    public async Task Ten_thousand_messages_are_listed_in_order_of_arrival()
    {
        await using var world = await Pop3World.StartAsync();
        var mailbox = world.AddUser("big@acme.test");
        mailbox.MaxPage = 1000;
        var body = world.Bodies.Add("x\r\n");
        var random = new Random(7);
        var ids = Enumerable.Range(0, 10_000).Select(i => $"01HZZZZZZZ{random.NextInt64(1L << 40):D13}{i % 1000:D3}").Distinct().ToList();
        foreach (var id in ids)
            mailbox.Add(id, body);
        await using var client = await WireClient.LogInAsync(world.Handler, "big@acme.test");

        await client.SendAsync("UIDL");
        await client.ReadAsync();
        Assert.Equal(ids.Select((id, i) => $"{i + 1} {id}"), await client.ReadLinesAsync());
    }

    [Fact]
    public async Task Commands_in_one_piece_are_answered_in_order()
    {
        await using var world = await Pop3World.StartAsync();
        await using var client = await WireClient.LogInAsync(world.Handler);
        var commands = new StringBuilder();
        for (var i = 0; i < 5000; i++)
            commands.Append("RETR 2\r\nSTAT\r\n");
        var sending = client.Wire.SendAsync(Encoding.ASCII.GetBytes(commands.ToString()), client.Limit);
        for (var i = 0; i < 5000; i++)
        {
            Assert.Equal("+OK 65 octets", await client.ReadAsync());
            Assert.Equal(7, (await client.ReadLinesAsync()).Count);
            Assert.Equal("+OK 3 183", await client.ReadAsync());
        }

        await sending;
    }
}
