using System.CommandLine;
using Orleans.Mail.Tools.Management;

namespace Orleans.Mail.Tools.Commands;

/// <summary><c>adduser -h -p -l -u -d -w</c>.</summary>
internal static class AddUserCommand
{
    public static Command Create(ToolContext context)
    {
        var remote = new RemoteOptions();
        var user = RemoteOptions.Text("--user", "-u", "User to be added", required: true);
        var domain = RemoteOptions.Text("--domain", "-d", "Domain that the user is to belong to", required: true);
        var password = RemoteOptions.Text("--password", "-w", "The user's password; the user's name if not given");
        var command = new Command("adduser", "Adds a user");
        remote.AddTo(command);
        command.Options.Add(user);
        command.Options.Add(domain);
        command.Options.Add(password);
        command.SetAction((result, cancellationToken) => remote.RunAsync(
            context,
            result,
            new ManagementLine("USER ADD")
                .Key("NAME", result.GetValue(user))
                .Key("DOMAIN", result.GetValue(domain))
                .Key("PASS", result.GetValue(password)),
            cancellationToken));
        return command;
    }
}
