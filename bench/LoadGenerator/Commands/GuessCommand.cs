using System.CommandLine;
using Orleans.Mail.LoadGenerator.Connections;
using Orleans.Mail.LoadGenerator.Hostile;

namespace Orleans.Mail.LoadGenerator.Commands;

internal static class GuessCommand
{
    public static Command Create()
    {
        var target = CommonOptions.Target();
        var seconds = CommonOptions.Seconds(1800);
        var connections = CommonOptions.Number("--connections", 100, 1, 10_000, "Guessers at a time.");
        var logins = CommonOptions.Number("--logins", 10_000, 1, 10_000_000, "Wrong logins in all; refused connections count.");
        var addresses = CommonOptions.Number("--addresses", 1000, 1, Sources.Most - 6000, "Addresses of 127.1.0.0/16 to come from.");
        var users = CommonOptions.Users();
        var password = CommonOptions.Password();
        var json = CommonOptions.Json();

        var command = new Command("guess", "Guess the passwords of u0, u1, ... from many addresses by POP3, while right users log in.")
        {
            target, seconds, connections, logins, addresses, users, password, json,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var options = new GuessOptions(
                parsed.GetRequiredValue(target),
                TimeSpan.FromSeconds(parsed.GetValue(seconds)),
                parsed.GetValue(connections),
                parsed.GetValue(logins),
                parsed.GetValue(addresses),
                parsed.GetValue(users),
                parsed.GetValue(password)!);
            return CommonOptions.Finish(await new Guess(options).RunAsync(cancellationToken), parsed.GetValue(json));
        });
        return command;
    }
}
