using System.Diagnostics;
using System.Globalization;
using System.Text;
using Microsoft.Extensions.Options;

namespace Orleans.Mail.Grains.Tests.Pipe;

/// <summary>Real programs, good and bad.</summary>
public sealed class PipeProgramTests : IDisposable
{
    private static readonly Dictionary<string, string> NoEnvironment = [];

    private readonly Scripts scripts = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => scripts.Dispose();

    [Fact]
    public async Task It_reads_the_message_and_its_exit_code_is_told()
    {
        var exit = await RunAsync("cat > \"$1\"; echo out; echo err >&2; exit 3", feed: Text("one\ntwo\n"), arguments: [scripts.PathOf("got")]);

        Assert.Equal("one\ntwo\n", scripts.Read("got"));
        Assert.Equal(new PipeExit(3, "out", "err"), exit);
    }

    [Fact]
    public async Task Its_environment_is_fixed()
    {
        var environment = new Dictionary<string, string> { ["SENDER"] = "() { :;}; $(id)", ["RECIPIENT"] = "a b" };
        await RunAsync("env -u PWD -u SHLVL -u _ | sort > \"$1\"; pwd >> \"$1\"", arguments: [scripts.PathOf("got")], environment: environment);

        Assert.Equal($"PATH={PipeLauncher.SearchPath}\nRECIPIENT=a b\nSENDER=() {{ :;}}; $(id)\n/\n", scripts.Read("got"));
    }

    [Fact]
    public async Task No_shell_sees_its_arguments()
    {
        await RunAsync("printf '%s|' \"$@\" > \"$1\"", arguments: [scripts.PathOf("got"), "$HOME `id`", "; exit 1", "*"]);

        Assert.Equal($"{scripts.PathOf("got")}|$HOME `id`|; exit 1|*|", scripts.Read("got"));
    }

    [Theory]
    [InlineData("exit 0")]
    [InlineData("exec 0<&-; sleep 0.2")]
    [InlineData("head -c 10 > /dev/null")]
    public async Task It_need_not_read_its_message(string script)
    {
        var exit = await RunAsync(script, feed: Endless(20_000_000));
        Assert.Equal(0, exit.Code);
    }

    [Fact]
    public async Task What_it_writes_is_read_and_cut()
    {
        var exit = await RunAsync("head -c 100000000 /dev/zero | tr '\\0' x; head -c 20000000 /dev/zero | tr '\\0' y >&2", options: new() { OutputLimit = 10 });

        Assert.Equal(new PipeExit(0, "xxxxxxxxxx ...", "yyyyyyyyyy ..."), exit);
    }

    [Fact]
    public async Task One_that_takes_too_long_is_stopped()
    {
        var exit = await RunAsync("echo begun; sleep 600", options: Short());
        Assert.Equal(new PipeExit(null, "begun", ""), exit);
    }

    [Fact]
    public async Task One_that_neither_reads_nor_ends_is_stopped_in_the_middle_of_the_message()
    {
        var exit = await RunAsync("sleep 600", feed: Endless(20_000_000), options: Short());
        Assert.Null(exit.Code);
    }

    [Fact]
    public async Task One_that_ignores_the_request_to_end_is_killed_with_its_children()
    {
        var exit = await RunAsync("trap '' TERM; sleep 600 & echo $! $$ > \"$1\"; while :; do sleep 1; done", options: Short(), arguments: [scripts.PathOf("pids")]);

        Assert.Null(exit.Code);
        AssertGone(scripts.Read("pids"));
    }

    [Fact]
    public async Task The_request_to_end_reaches_one_that_heeds_it()
    {
        await RunAsync("trap 'echo ended > \"$1\"; exit 1' TERM; while :; do sleep 0.05; done", options: new() { TimeLimit = TimeSpan.FromSeconds(1), Grace = TimeSpan.FromSeconds(20) }, arguments: [scripts.PathOf("got")]);
        Assert.Equal("ended\n", scripts.Read("got"));
    }

    [Fact]
    public async Task Children_that_it_leaves_behind_end_with_it()
    {
        var clock = Stopwatch.StartNew();
        var exit = await RunAsync("sleep 600 & echo $! > \"$1\"; exit 0", arguments: [scripts.PathOf("pids")]);

        Assert.Equal(0, exit.Code);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(60));
        AssertGone(scripts.Read("pids"));
    }

    [Fact]
    public async Task A_child_that_left_the_group_is_not_waited_for()
    {
        var exit = await RunAsync("setsid sh -c 'echo $$ > \"$1\"; exec sleep 600' x \"$1\" & while ! [ -s \"$1\" ]; do sleep 0.01; done; exit 0", feed: Text("x"), arguments: [scripts.PathOf("pid")], options: Short());

        Assert.Equal(0, exit.Code);
        using var child = Process.GetProcessById(int.Parse(scripts.Read("pid"), CultureInfo.InvariantCulture));
        child.Kill();
    }

    [Fact]
    public async Task A_message_that_cannot_be_read_never_ends_for_the_program()
    {
        async Task FailAsync(PipeInput input, CancellationToken ended)
        {
            await input.WriteAsync("half"u8.ToArray(), ended);
            throw new InvalidOperationException("no store");
        }

        await Assert.ThrowsAsync<InvalidOperationException>(() => RunAsync("cat > /dev/null; echo end > \"$1\"", feed: FailAsync, arguments: [scripts.PathOf("got")]));
        Assert.False(File.Exists(scripts.PathOf("got")));
    }

    [Fact]
    public async Task Stopping_the_silo_stops_it()
    {
        using var stopping = new CancellationTokenSource();
        var fifo = scripts.PathOf("pids");
        var run = RunAsync("echo $$ > \"$1\"; sleep 600", arguments: [fifo], stopping: stopping.Token);
        while (!File.Exists(fifo) || scripts.Read("pids").Length == 0)
            await Task.Delay(10, Stop);
        await stopping.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        AssertGone(scripts.Read("pids"));
    }

    [Fact]
    public async Task No_more_run_at_a_time_than_may()
    {
        using var program = new PipeProgram(Options.Create(new PipeOptions { Concurrency = 2 }), TimeProvider.System);
        var path = scripts.Add("count", "mkdir \"$1/$$\"; ls \"$1\" | wc -l >> \"$2\"; sleep 0.1; rmdir \"$1/$$\"");
        var folder = Directory.CreateDirectory(scripts.PathOf("running")).FullName;
        var command = new PipeCommand(path, [folder, scripts.PathOf("counts")]);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => program.RunAsync(command, NoEnvironment, Text(""), Stop)));

        var counts = scripts.Read("counts").Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => int.Parse(line, CultureInfo.InvariantCulture)).ToList();
        Assert.Equal(8, counts.Count);
        Assert.True(counts.Max() <= 2, string.Join(' ', counts));
    }

    [Fact]
    public async Task It_runs_as_the_user_that_is_named()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "only root can become another user");
        using var program = new PipeProgram(Options.Create(new PipeOptions { User = "nobody" }), TimeProvider.System);
        var exit = await program.RunAsync(new PipeCommand("/bin/sh", ["-c", "id -un; id -G | wc -w"]), NoEnvironment, Text(""), Stop);

        Assert.Equal("nobody\n1", exit.Output);
    }

    [Fact]
    public void A_user_that_is_not_there_cannot_be_one() => Assert.False(PipeLauncher.CanRunAs("no-such-user"));

    [Fact]
    public void Its_own_user_can_be() => Assert.True(PipeLauncher.CanRunAs(null));

    private static PipeOptions Short() => new() { TimeLimit = TimeSpan.FromSeconds(1), Grace = TimeSpan.FromMilliseconds(300) };

    private static Func<PipeInput, CancellationToken, Task> Text(string text) =>
        async (input, ended) => await input.WriteAsync(Encoding.UTF8.GetBytes(text), ended);

    private static Func<PipeInput, CancellationToken, Task> Endless(int octets) => async (input, ended) =>
    {
        var block = new byte[50_000];
        for (var written = 0; written < octets && await input.WriteAsync(block, ended); written += block.Length)
        {
        }
    };

    private static void AssertGone(string pids)
    {
        foreach (var pid in pids.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries))
        {
            // Killed children that their parent has not waited for are zombies until init has them.
            var status = $"/proc/{pid}/stat";
            var deadline = Stopwatch.StartNew();
            while (File.Exists(status) && !IsZombie(status))
                Assert.True(deadline.Elapsed < TimeSpan.FromSeconds(10), $"{pid} is alive");
        }
    }

    private static bool IsZombie(string status)
    {
        try
        {
            return File.ReadAllText(status).Contains(") Z ", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return true; // gone between the two looks
        }
    }

    private async Task<PipeExit> RunAsync(
        string script,
        Func<PipeInput, CancellationToken, Task>? feed = null,
        PipeOptions? options = null,
        Dictionary<string, string>? environment = null,
        CancellationToken? stopping = null,
        params string[] arguments)
    {
        using var program = new PipeProgram(Options.Create(options ?? new PipeOptions()), TimeProvider.System);
        var command = new PipeCommand(scripts.Add("program", script), arguments);
        return await program.RunAsync(command, environment ?? NoEnvironment, feed ?? Text(""), stopping ?? Stop);
    }
}
