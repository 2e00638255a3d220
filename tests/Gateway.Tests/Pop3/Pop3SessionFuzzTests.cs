using System.Text;
using CsCheck;
using Microsoft.Extensions.Logging;
using Orleans.Mail.TestKit;

namespace Orleans.Mail.Gateway.Tests.Pop3;

/// <summary>Whatever a client sends, in whatever pieces: the session ends in order, and the mailbox is free again.</summary>
[Trait("Category", "Fuzz")]
public sealed class Pop3SessionFuzzTests
{
    private static readonly Gen<string> Lines = Gen.OneOf(
        "USER mick@acme.test\r\nPASS secret\r\n", "USER mick@acme.test\r\n", "PASS secret\r\n", "PASS x\r\n", "AUTH PLAIN\r\n", "*\r\n", "AUTH\r\n",
        "STAT\r\n", "LIST\r\n", "LIST 1\r\n", "UIDL\r\n", "UIDL 3\r\n", "RETR 1\r\n", "RETR 2\r\n", "TOP 2 1\r\n", "TOP 3 0\r\n", "DELE 1\r\n", "DELE 2\r\n",
        "RSET\r\n", "NOOP\r\n", "CAPA\r\n", "UTF8\r\n", "STLS\r\n", "QUIT\r\n", "\r\n", "\n", "\r", "\0", "RETR 99999999999\r\n", "TOP 1 99999999999\r\n", " ");

    private static readonly Gen<string> Inputs =
        Gen.OneOf(Lines, Lines, Lines, Gen.String[0, 4]).Array[0, 30].Select(parts => "USER mick@acme.test\r\nPASS secret\r\n" + string.Concat(parts));

    [Fact]
    public async Task Any_input_ends_in_order() => await Gen.Select(Inputs, Gen.Int[1, 200]).SampleAsync(
        async (input, length) =>
        {
            await using var world = await Pop3World.StartAsync(new Dictionary<string, string> { ["Logins:MaxFailures"] = "2" });
            await using var client = new WireClient();
            client.Wire.Start(world.Handler);
            var octets = Encoding.UTF8.GetBytes(input);
            for (var from = 0; from < octets.Length; from += length)
                await client.Wire.SendAsync(octets.AsMemory(from, Math.Min(length, octets.Length - from)), client.Limit);
            client.Wire.CloseSending();
            await client.EndAsync();

            Assert.DoesNotContain(world.Log.Lines, line => line.Level >= LogLevel.Error);
            Assert.False(world.Mailbox.IsHeld);
            Assert.Equal(0, world.Bodies.Open);
            Assert.Equal(0, world.Mailboxes.Count);
            Assert.True(world.Mailbox.Entries.Count == 3 || world.Mailbox.Calls.Contains("Quit"));
            while (await client.ReadAsync() is { } line)
                Assert.False(line.AsSpan().ContainsAny('\r', '\n'));
        },
        iter: Math.Max(50, Fuzzing.Iterations / 100),
        threads: 1);
}
