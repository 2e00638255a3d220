using System.CommandLine;
using Orleans.Mail.Tools.Service;

namespace Orleans.Mail.Tools.Commands;

/// <summary><c>smtpd start</c>.</summary>
internal static class StartCommand
{
    private const int DefaultSeconds = 120;

    public static Command Create(ToolContext context)
    {
        var server = new Option<string?>("--server") { Description = $"The server's program; {ServerLauncher.PathVariable}, or the one beside smtpd, if not given" };
        var seconds = new Option<int>("--timeout") { Description = "Seconds to wait until the server is ready", DefaultValueFactory = _ => DefaultSeconds };
        var command = new Command("start", "Starts the server in the background") { server, seconds };
        command.SetAction(async (result, cancellationToken) =>
        {
            var files = context.Files;
            var state = ServerState.Read(files.Pid);
            if (state.IsRunning)
                return await context.DoneAsync($"already running, pid {state.Id}");
            var launcher = new ServerLauncher(ServerLauncher.Find(result.GetValue(server)), Path.Combine(files.Logs, "smtpd.err"));
            var limit = TimeSpan.FromSeconds(result.GetValue(seconds));
            return await context.DoneAsync(await launcher.StartAsync(context.Settings, limit, cancellationToken));
        });
        return command;
    }
}
