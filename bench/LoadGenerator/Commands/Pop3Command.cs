using System.CommandLine;
using Orleans.Mail.LoadGenerator.Pop3;

namespace Orleans.Mail.LoadGenerator.Commands;

internal static class Pop3Command
{
    public static Command Create()
    {
        var target = CommonOptions.Target();
        var seconds = CommonOptions.Seconds(120);
        var connections = CommonOptions.Number("--connections", 1, 1, 10_000, "Sessions at a time, one a user.");
        var sessions = CommonOptions.Number("--sessions", 1000, 1, 10_000_000, "Sessions in all.");
        var operations = Operations();
        var most = CommonOptions.Number("--messages-at-most", 1_000_000, 1, 1_000_000, "RETR and DELE stop after so many in a session.");
        var users = CommonOptions.Users();
        var firstUser = CommonOptions.FirstUser();
        var format = CommonOptions.Name("--user-format", "u{0}@bench.test", "The login name, {0} = the user's number.");
        var password = CommonOptions.Password();
        var json = CommonOptions.Json();

        var command = new Command("pop3", "Run sessions of u0, u1, ...: login, operations, QUIT.")
        {
            target, seconds, connections, sessions, operations, most, users, firstUser, format, password, json,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var options = new Pop3LoadOptions(
                parsed.GetRequiredValue(target),
                TimeSpan.FromSeconds(parsed.GetValue(seconds)),
                parsed.GetValue(connections),
                parsed.GetValue(sessions),
                parsed.GetValue(operations),
                parsed.GetValue(most),
                parsed.GetValue(users),
                parsed.GetValue(firstUser),
                parsed.GetValue(format)!,
                parsed.GetValue(password)!);
            return CommonOptions.Finish(await new Pop3Load(options).RunAsync(cancellationToken), parsed.GetValue(json));
        });
        return command;
    }

    private static Option<Pop3Operations> Operations() => new("--operations")
    {
        Description = "What a session does, of stat,uidl,retr,dele; retr and dele need stat, and it is added.",
        HelpName = "stat,uidl,...",
        DefaultValueFactory = _ => Pop3Operations.Stat,
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            if (!Enum.TryParse<Pop3Operations>(text, ignoreCase: true, out var operations) || text.Any(char.IsDigit))
                result.AddError($"'{text}' is not of stat,uidl,retr,dele");
            return (operations & (Pop3Operations.Retr | Pop3Operations.Dele)) != 0 ? operations | Pop3Operations.Stat : operations;
        },
    };
}
