using System.Text;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Orleans.Mail.Storage;
using Orleans.Mail.TestKit;
using Orleans.Mail.TestKit.Faults;

namespace Orleans.Mail.Grains.Tests.Pipe;

/// <summary>Entries of the queue that go to a program.</summary>
public sealed class PipeAttemptTests : IDisposable
{
    private static readonly AttemptResult Unavailable = new AttemptResult.Later("4.3.5 the program of this address is not available");

    private readonly Scripts scripts = new();
    private readonly MemoryBodyStore store = new(TimeProvider.System);
    private readonly FaultyBodyStore bodies;
    private readonly MessageId id = MessageId.New(TimeProvider.System);

    public PipeAttemptTests() => bodies = new FaultyBodyStore(store);

    public void Dispose() => scripts.Dispose();

    [Fact]
    public async Task The_program_gets_the_message_with_its_two_fields_and_LF_line_ends()
    {
        var program = scripts.Add("program", "cat > \"$1\"; echo \"$SENDER,$RECIPIENT,$MESSAGE_ID\" >> \"$1\"");
        var message = "Return-Path: <list@acme.test>\r\nReceived: x\r\n\r\nHello\r\n\r\rlone\rcr\r\nend\r\n";

        Assert.Equal(AttemptResult.Done, await TryAsync($"{program} \"{scripts.PathOf("got")}\"", message, program));
        Assert.Equal(
            $"Return-Path: <jane@else.test>\nDelivered-To: alias@acme.test\nReceived: x\n\nHello\n\r\rlone\rcr\nend\njane@else.test,alias+x@acme.test,{id}\n",
            scripts.Read("got"));
    }

    [Fact]
    public async Task Line_ends_stay_when_that_is_wanted()
    {
        var program = scripts.Add("program", "cat > \"$1\"");
        await TryAsync($"{program} {scripts.PathOf("got")}", "Received: x\r\n\r\nHello\r\n", program, crlf: true);
        Assert.Equal("Return-Path: <jane@else.test>\r\nDelivered-To: alias@acme.test\r\nReceived: x\r\n\r\nHello\r\n", scripts.Read("got"));
    }

    [Fact]
    public async Task A_large_message_is_the_same_at_every_block_boundary()
    {
        var program = scripts.Add("program", "cat > \"$1\"");
        var text = new StringBuilder("Return-Path: <x@y.test>\r\n");
        for (var i = 0; i < 60_000; i++)
            text.Append('\r', i % 3).Append("\r\n").Append('x', i % 7);
        var message = text.ToString();

        await TryAsync($"{program} {scripts.PathOf("got")}", message, program);

        var expected = message["Return-Path: <x@y.test>\r\n".Length..].Replace("\r\n", "\n", StringComparison.Ordinal);
        Assert.Equal("Return-Path: <jane@else.test>\nDelivered-To: alias@acme.test\n" + expected, scripts.Read("got"));
    }

    [Fact]
    public async Task A_message_that_ends_with_a_lone_return_keeps_it()
    {
        var program = scripts.Add("program", "cat > \"$1\"");
        await TryAsync($"{program} {scripts.PathOf("got")}", "\r\nHello\r", program);
        Assert.EndsWith("\nHello\r", scripts.Read("got"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("exit 0", "Finished")]
    [InlineData("echo 'secret path' >&2; exit 75", "Later 4.3.0 the program of this address asks to try again")]
    [InlineData("echo 'secret path' >&2; exit 1", "Failure 5.3.0 the program of this address failed")]
    [InlineData("exit 127", "Failure 5.3.0 the program of this address failed")]
    [InlineData("kill -9 $$", "Failure 5.3.0 the program of this address failed")]
    [InlineData("sleep 600", "Later 4.3.0 the program of this address took too long")]
    public async Task The_exit_code_decides_and_nothing_the_program_says_goes_further(string script, string expected)
    {
        var program = scripts.Add("program", script);
        var result = await TryAsync(program, "\r\n", program);
        Assert.Equal(expected, result switch
        {
            AttemptResult.Later later => $"Later {later.Status}",
            AttemptResult.Failure failure => $"Failure {failure.Status}",
            _ => result.GetType().Name,
        });
    }

    [Fact]
    public async Task Only_programs_that_are_listed_run()
    {
        var program = scripts.Add("program", "touch \"$1\"");
        var marker = scripts.PathOf("ran");
        foreach (var text in new[] { $"{program} {marker}", $"/bin/../bin/sh {program} {marker}", $"sh {program} {marker}", $"/bin/sh;{program} {marker}" })
            Assert.Equal(Unavailable, await TryAsync(text, "\r\n", allowed: "/bin/sh"));
        Assert.False(File.Exists(marker));
    }

    [Fact]
    public async Task A_program_that_is_not_there_or_not_executable_is_waited_for()
    {
        var missing = scripts.PathOf("missing");
        Assert.Equal(Unavailable, await TryAsync(missing, "\r\n", missing));
        await File.WriteAllTextAsync(missing, "#!/bin/sh\n", TestContext.Current.CancellationToken);
        Assert.Equal(Unavailable, await TryAsync(missing, "\r\n", missing));
    }

    [Fact]
    public async Task A_quote_that_is_not_closed_is_a_failure() =>
        Assert.Equal(new AttemptResult.Failure("5.3.5 the program of this address cannot be run"), await TryAsync("/bin/sh \"x", "\r\n", "/bin/sh"));

    [Fact]
    public async Task A_body_that_cannot_be_read_is_trouble_of_the_store()
    {
        bodies.Reads.Next(Fault.Error);
        var program = scripts.Add("program", "cat > /dev/null");
        await Assert.ThrowsAsync<StorageException>(() => TryAsync(program, "\r\n", program));
    }

    [Fact]
    public void What_a_host_cannot_do_is_refused_at_the_start()
    {
        Assert.Null(PipeRequirements.Check(new PipeOptions { User = "no-such-user" }));
        Assert.Equal("Pipe:Programs", PipeRequirements.Check(new PipeOptions { Programs = ["bin/sh"] })?.Parameter);
        Assert.Equal("Pipe:Programs", PipeRequirements.Check(new PipeOptions { Programs = ["/bin/../bin/sh"] })?.Parameter);
        Assert.Equal("Pipe:User", PipeRequirements.Check(new PipeOptions { Programs = ["/bin/sh"], User = "no-such-user" })?.Parameter);
        Assert.Equal(Environment.IsPrivilegedProcess ? "Pipe:User" : null, PipeRequirements.Check(new PipeOptions { Programs = ["/bin/sh"] })?.Parameter);
    }

    private async Task<AttemptResult> TryAsync(string text, string message, string allowed, bool crlf = false)
    {
        var options = Options.Create(new PipeOptions { Programs = [allowed], CrlfLineEnds = crlf, TimeLimit = TimeSpan.FromSeconds(3), Grace = TimeSpan.FromSeconds(1) });
        using var programs = new PipeProgram(options, TimeProvider.System);
        var attempt = new PipeAttempt(programs, bodies, options, new Host(), NullLogger<PipeAttempt>.Instance);
        return await attempt.TryAsync(new QueueEntry
        {
            Id = id,
            Target = new Target { Kind = TargetKind.Pipe, Address = "alias@acme.test", Id = text },
            Sender = "jane@else.test",
            Recipient = "alias+x@acme.test",
            Body = store.Put(Encoding.Latin1.GetBytes(message), default),
            Entered = DateTimeOffset.UnixEpoch,
        });
    }

    private sealed class Host : IHostApplicationLifetime
    {
        public CancellationToken ApplicationStarted => default;

        public CancellationToken ApplicationStopping => default;

        public CancellationToken ApplicationStopped => default;

        public void StopApplication() => throw new NotSupportedException();
    }
}
