using System.CommandLine;
using Orleans.Mail.LoadGenerator.Hostile;

namespace Orleans.Mail.LoadGenerator.Commands;

internal static class TimingCommand
{
    public static Command Create()
    {
        var target = CommonOptions.Target();
        var seconds = CommonOptions.Seconds(600);
        var logins = CommonOptions.Number("--logins", 5000, 100, 1_000_000, "Logins of each kind.");
        var json = CommonOptions.Json();

        var command = new Command("timing", "Compare the times of logins that fail for want of the user and by the password, by POP3 with Logins:FailureDelay = 0.")
        {
            target, seconds, logins, json,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var options = new TimingOptions(parsed.GetRequiredValue(target), TimeSpan.FromSeconds(parsed.GetValue(seconds)), parsed.GetValue(logins));
            return CommonOptions.Finish(await new Timing(options).RunAsync(cancellationToken), parsed.GetValue(json));
        });
        return command;
    }
}
