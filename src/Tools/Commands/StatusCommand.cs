using System.CommandLine;
using System.Globalization;
using Orleans.Mail.Tools.Service;

namespace Orleans.Mail.Tools.Commands;

/// <summary><c>smtpd status</c>: exit code 0 when the server runs, 1 when it does not.</summary>
internal static class StatusCommand
{
    public static Command Create(ToolContext context)
    {
        var command = new Command("status", "Says whether the server runs, and as which process");
        command.SetAction(async _ =>
        {
            var file = context.Files.Pid;
            var state = ServerState.Read(file);
            if (state.IsRunning)
                return await context.DoneAsync(string.Create(CultureInfo.InvariantCulture, $"running, pid {state.Id}, since {state.Since?.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}"));
            await context.Output.WriteLineAsync(state.Id is null ? "stopped" : $"stopped; {file} is left over: process {state.Id} is not the server");
            return ExitCode.Refused;
        });
        return command;
    }
}
