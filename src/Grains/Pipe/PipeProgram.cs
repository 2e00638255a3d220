using System.Diagnostics;
using Microsoft.Extensions.Options;

namespace Orleans.Mail.Grains;

/// <summary>
/// Runs programs, a few at a time on this silo. Whatever a program does (reads nothing, writes without end, leaves
/// children behind, ignores signals), a run ends soon after its time limit and leaves nothing of its group.
/// </summary>
internal sealed class PipeProgram(IOptions<PipeOptions> options, TimeProvider time) : IDisposable
{
    private readonly SemaphoreSlim places = new(options.Value.Concurrency);

    private PipeOptions Options => options.Value;

    /// <summary>Runs a program. Throws <see cref="System.ComponentModel.Win32Exception"/> when it cannot be started, and what <paramref name="feed"/> throws.</summary>
    /// <param name="command">The program and its arguments.</param>
    /// <param name="environment">Its environment beside PATH.</param>
    /// <param name="feed">Writes its standard input. When it fails the program is killed before it sees an end.</param>
    /// <param name="stopping">Ends the program and the wait for it.</param>
    public async Task<PipeExit> RunAsync(
        PipeCommand command,
        IReadOnlyDictionary<string, string> environment,
        Func<PipeInput, CancellationToken, Task> feed,
        CancellationToken stopping)
    {
        await places.WaitAsync(stopping);
        try
        {
            using var process = PipeLauncher.Start(command, Options.User, environment);
            return await FollowAsync(process, feed, stopping);
        }
        finally
        {
            places.Release();
        }
    }

    public void Dispose() => places.Dispose();

    private async Task<PipeExit> FollowAsync(Process process, Func<PipeInput, CancellationToken, Task> feed, CancellationToken stopping)
    {
        var group = new ProcessGroup(process.Id);
        using var limit = new CancellationTokenSource(Options.TimeLimit, time);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stopping);
        using var ended = new CancellationTokenSource();
        var output = PipeOutput.ReadAsync(process.StandardOutput.BaseStream, Options.OutputLimit, ended.Token);
        var errors = PipeOutput.ReadAsync(process.StandardError.BaseStream, Options.OutputLimit, ended.Token);
        var feeding = FeedAsync(process, feed, ended.Token);
        int? code = null;
        try
        {
            var exit = process.WaitForExitAsync(over.Token);
            if (await Task.WhenAny(feeding, exit) == feeding)
                await feeding;
            await exit;
            code = process.ExitCode;
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !stopping.IsCancellationRequested)
        {
            group.Terminate();
            await WaitAsync(process.WaitForExitAsync(CancellationToken.None));
        }
        finally
        {
            group.Kill();
            await WaitAsync(Task.WhenAll(process.WaitForExitAsync(CancellationToken.None), output, errors));
            await ended.CancelAsync();
            await WaitAsync(Task.WhenAll(output, errors, feeding));
        }

        return new PipeExit(code, await output, await errors);
    }

    private static async Task FeedAsync(Process process, Func<PipeInput, CancellationToken, Task> feed, CancellationToken ended)
    {
        var input = new PipeInput(process.StandardInput.BaseStream);
        await feed(input, ended);
        await input.CloseAsync();
    }

    /// <summary>Waits for what should end by itself, but not for ever. How it ended is asked elsewhere.</summary>
    private async Task WaitAsync(Task task)
    {
        using var grace = new CancellationTokenSource(Options.Grace, time);
        await task.WaitAsync(grace.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
