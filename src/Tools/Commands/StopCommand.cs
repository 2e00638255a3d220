using System.CommandLine;
using Orleans.Mail.Tools.Service;

namespace Orleans.Mail.Tools.Commands;

/// <summary><c>smtpd stop</c>.</summary>
internal static class StopCommand
{
    /// <summary>The server drains for up to 30 s.</summary>
    private const int DefaultSeconds = 40;

    public static Command Create(ToolContext context)
    {
        var seconds = new Option<int>("--timeout") { Description = "Seconds to wait until the server has ended", DefaultValueFactory = _ => DefaultSeconds };
        var command = new Command("stop", "Stops the server") { seconds };
        command.SetAction(async (result, cancellationToken) =>
        {
            var state = ServerState.Read(context.Files.Pid);
            if (state is not { IsRunning: true, Id: { } id })
                return await context.DoneAsync("not running");
            await ServerSignal.TerminateAsync(id);
            return await ServerSignal.WaitForEndAsync(id, TimeSpan.FromSeconds(result.GetValue(seconds)), cancellationToken)
                ? await context.DoneAsync("stopped")
                : await context.RefuseAsync($"the server, pid {id}, has been told to end and has not ended within {result.GetValue(seconds)} s");
        });
        return command;
    }
}
