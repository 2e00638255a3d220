using System.Diagnostics;
using System.Globalization;
using Orleans.Mail.Tools.Service;

namespace Orleans.Mail.Tools.Tests.Service;

/// <summary>A pid file is believed only when the process that it names is the server.</summary>
public sealed class ServerStateTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private string PidFile => folder["pid"];

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Without_a_file_nothing_runs() => Assert.Equal(new ServerState(null, false, null), ServerState.Read(PidFile));

    [Theory]
    [InlineData("")]
    [InlineData("many")]
    [InlineData("-1")]
    [InlineData("99999999999")]
    public void A_file_without_a_number_names_nobody(string text)
    {
        File.WriteAllText(PidFile, text);
        Assert.Equal(new ServerState(null, false, null), ServerState.Read(PidFile));
    }

    [Fact]
    public async Task A_process_that_has_ended_is_recognised()
    {
        using var process = Process.Start("/bin/sh", ["-c", "exit 0"]);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Write(process.Id);
        Assert.Equal(new ServerState(process.Id, false, null), ServerState.Read(PidFile));
    }

    [Fact]
    public void Another_program_with_that_number_is_recognised()
    {
        Write(Environment.ProcessId);
        Assert.False(ServerState.Read(PidFile).IsRunning);
    }

    [Fact]
    public async Task A_process_that_is_younger_than_the_file_is_recognised_even_if_it_is_a_server()
    {
        using var process = StartNamedLikeTheServer();
        try
        {
            Write(process.Id);
            var state = ServerState.Read(PidFile);
            Assert.True(state.IsRunning);
            Assert.Equal(process.StartTime, state.Since!.Value.LocalDateTime, TimeSpan.FromSeconds(2));

            File.SetLastWriteTimeUtc(PidFile, DateTime.UtcNow.AddHours(-1));
            Assert.False(ServerState.Read(PidFile).IsRunning);
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task Stop_leaves_another_program_with_that_number_alone()
    {
        Write(Environment.ProcessId);
        var run = await Tool.RunAsync("stop", $"--FILE_PID={PidFile}");
        Assert.Equal((ExitCode.Done, "not running"), (run.Code, run.Output.Trim()));
        run = await Tool.RunAsync("status", $"--FILE_PID={PidFile}");
        Assert.Equal(ExitCode.Refused, run.Code);
        Assert.Contains("is left over", run.Output, StringComparison.Ordinal);
    }

    // A shell whose command line has the server's name in it: not yet when Start returns, which is while exec goes on.
    private static Process StartNamedLikeTheServer()
    {
        var process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "read wait; exit 0", ServerState.ServerName]) { RedirectStandardInput = true })!;
        SpinWait.SpinUntil(() => ServerState.IsServer(process.Id), TimeSpan.FromSeconds(30));
        return process;
    }

    private void Write(int id) => File.WriteAllText(PidFile, id.ToString(CultureInfo.InvariantCulture) + "\n");
}
