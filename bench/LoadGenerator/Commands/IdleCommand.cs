using System.CommandLine;
using Orleans.Mail.LoadGenerator.Idle;

namespace Orleans.Mail.LoadGenerator.Commands;

internal static class IdleCommand
{
    public static Command Create()
    {
        var target = CommonOptions.Target();
        var seconds = CommonOptions.Seconds(120, "The time for opening all connections, in seconds.");
        var hold = CommonOptions.Number("--hold", 10, 0, 3600, "How long to hold them, in seconds.");
        var connections = CommonOptions.Number("--connections", 1000, 1, 50_000, "Connections to hold.");
        var protocol = new Option<string>("--protocol") { Description = "smtp says EHLO, pop3 only reads the greeting.", DefaultValueFactory = _ => "smtp" }
            .AcceptOnlyFromAmong("smtp", "pop3");
        var json = CommonOptions.Json();

        var command = new Command("idle", "Open connections and hold them: one line when they stand, one at the end.")
        {
            target, seconds, hold, connections, protocol, json,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var options = new IdleLoadOptions(
                parsed.GetRequiredValue(target),
                TimeSpan.FromSeconds(parsed.GetValue(seconds)),
                parsed.GetValue(connections),
                TimeSpan.FromSeconds(parsed.GetValue(hold)),
                parsed.GetValue(protocol) == "smtp");
            var last = await new IdleLoad(options).RunAsync(standing => standing.Write(Console.Out, parsed.GetValue(json)), cancellationToken);
            return CommonOptions.Finish(last, parsed.GetValue(json));
        });
        return command;
    }
}
