using System.CommandLine;
using Orleans.Mail.LoadGenerator.Setup;

namespace Orleans.Mail.LoadGenerator.Commands;

internal static class SetupCommand
{
    public static Command Create()
    {
        var target = CommonOptions.Target();
        var seconds = CommonOptions.Seconds(300);
        var administration = CommonOptions.Name("--login", "system", "The management password.");
        var domain = CommonOptions.Domain();
        var users = CommonOptions.Users();
        var firstUser = CommonOptions.FirstUser();
        var password = CommonOptions.Password();
        var aliases = CommonOptions.Name("--aliases", "", "A second domain to add, in which u0, u1, ... are aliases of the users.");
        var json = CommonOptions.Json();

        var command = new Command("setup", "Add the domain and the users u0, u1, ... through the management port.")
        {
            target, seconds, administration, domain, users, firstUser, password, aliases, json,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var options = new MailboxSetupOptions(
                parsed.GetRequiredValue(target),
                TimeSpan.FromSeconds(parsed.GetValue(seconds)),
                parsed.GetValue(administration)!,
                parsed.GetValue(domain)!,
                parsed.GetValue(users),
                parsed.GetValue(firstUser),
                parsed.GetValue(password)!,
                parsed.GetValue(aliases)!);
            return CommonOptions.Finish(await new MailboxSetup(options).RunAsync(cancellationToken), parsed.GetValue(json));
        });
        return command;
    }
}
