using System.Diagnostics;
using System.Globalization;
using Orleans.Mail.EndToEnd.Server;
using Orleans.Mail.Tools.Tests;

namespace Orleans.Mail.EndToEnd.Tools;

/// <summary>smtpd start, stop, status and login on this host.</summary>
public sealed class ServiceTests : IAsyncDisposable
{
    private readonly InstalledServer server = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Fact]
    public async Task The_server_starts_tells_its_state_and_stops()
    {
        var stopped = await server.RunAsync("status");
        Assert.Equal((1, "stopped"), (stopped.Code, stopped.Output.Trim()));

        await server.StartAsync();
        var pid = (await File.ReadAllTextAsync(server.PidFile, Cancelled)).Trim();
        Assert.Matches($@"^running, pid {pid}, since 20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ$", await server.DoAsync("status"));
        Assert.Equal($"already running, pid {pid}", await server.DoAsync("start"));
        Assert.StartsWith("OK", (await ServerUnderTest.ManageAsync(server.Management, "STATUS"))[^1], StringComparison.Ordinal);

        Assert.Equal("stopped", await server.StopAsync());
        Assert.False(File.Exists(server.PidFile));
        Assert.Equal(1, (await server.RunAsync("status")).Code);
        Assert.Equal("not running", await server.StopAsync());
    }

    [Fact]
    public async Task A_server_that_was_killed_is_not_running_and_starts_again()
    {
        await server.StartAsync();
        var pid = int.Parse(await File.ReadAllTextAsync(server.PidFile, Cancelled), CultureInfo.InvariantCulture);
        using (var process = Process.GetProcessById(pid))
            process.Kill();
        while ((await server.RunAsync("status")).Code == 0)
            await Task.Delay(10, Cancelled);
        Assert.True(File.Exists(server.PidFile));
        await server.StartAsync();
        Assert.StartsWith("running, ", await server.DoAsync("status"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_start_that_fails_says_the_servers_reason()
    {
        var run = await server.RunAsync("start", "--Smtp:MaxRecipients=0");
        Assert.Equal((1, ""), (run.Code, run.Output));
        Assert.Contains("Smtp:MaxRecipients = '0' is not allowed", run.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(server.PidFile));
    }

    [Fact]
    public async Task A_start_without_a_server_says_where_it_looked()
    {
        var run = await server.RunAsync("start", "--server", server["nowhere"]);
        Assert.Equal(1, run.Code);
        Assert.Contains(server["nowhere"], run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FILE_PID_says_where_the_file_is()
    {
        string[] settings = [$"--FILE_PID={server["run/mail.pid"]}", .. ServerUnderTest.Arguments(server.Store)];
        Assert.Equal(0, (await Tool.RunAsync(["start", .. settings])).Code);
        Assert.True(File.Exists(server["run/mail.pid"]));
        Assert.False(File.Exists(server.PidFile));
        Assert.Equal("stopped", (await Tool.RunAsync(["stop", .. settings])).Output.Trim());
        Assert.False(File.Exists(server["run/mail.pid"]));
    }

    [Fact]
    public async Task Login_changes_the_password_of_a_running_and_of_a_stopped_server()
    {
        await server.StartAsync();
        string[] remote = ["-h", "127.0.0.1", "-p", server.Management.Port.ToString(CultureInfo.InvariantCulture)];
        Assert.Equal("OK0100 password changed", await server.DoAsync(["login", "se\"cond", .. remote]));
        var wrong = await server.RunAsync(["login", "third", "-l", "system", .. remote]);
        Assert.Equal(1, wrong.Code);
        Assert.StartsWith("ER01", wrong.Error, StringComparison.Ordinal);
        Assert.StartsWith("OK", await server.DoAsync(["adddomain", "-l", "se\"cond", "-d", "a.test", .. remote]), StringComparison.Ordinal);
        await server.StopAsync();

        Assert.StartsWith("password changed in", await server.DoAsync("login", "third"), StringComparison.Ordinal);
        await server.StartAsync();
        remote[^1] = server.Management.Port.ToString(CultureInfo.InvariantCulture);
        Assert.StartsWith("OK", await server.DoAsync(["adddomain", "-l", "third", "-d", "b.test", .. remote]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_utilities_of_the_manual_are_programs_of_their_own()
    {
        await server.StartAsync();
        var port = server.Management.Port.ToString(CultureInfo.InvariantCulture);
        Assert.Equal((0, "OK0300 acme.test added"), await RunProgramAsync("adddomain", "-h", "127.0.0.1", "-p", port, "-l", "system", "-d", "acme.test"));
        Assert.Equal((0, "OK0200 mick@acme.test added"), await RunProgramAsync("adduser", "-h", "127.0.0.1", "-p", port, "-l", "system", "-u", "mick", "-d", "acme.test", "-w", "se cret\"\\"));
        Assert.Equal(1, (await RunProgramAsync("adduser", "-h", "127.0.0.1", "-p", port, "-l", "system", "-u", "mick", "-d", "acme.test", "-w", "x")).Code);
        Assert.Equal(2, (await RunProgramAsync("adduser", "-u", "mick")).Code);
        Assert.Empty(await Wire.FetchAllAsync(server.Pop3, "mick@acme.test", "se cret\"\\"));
    }

    private static async Task<(int Code, string Output)> RunProgramAsync(string name, params string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, name), arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync(Cancelled);
        var output = await process.StandardOutput.ReadToEndAsync(Cancelled);
        await errors;
        await process.WaitForExitAsync(Cancelled);
        return (process.ExitCode, output.Trim());
    }
}
