using System.CommandLine;
using Orleans.Mail.Tools.Management;

namespace Orleans.Mail.Tools.Commands;

/// <summary><c>adddomain -h -p -l -d</c>.</summary>
internal static class AddDomainCommand
{
    public static Command Create(ToolContext context)
    {
        var remote = new RemoteOptions();
        var domain = RemoteOptions.Text("--domain", "-d", "Domain to be added", required: true);
        var command = new Command("adddomain", "Adds a domain");
        remote.AddTo(command);
        command.Options.Add(domain);
        command.SetAction((result, cancellationToken) =>
            remote.RunAsync(context, result, new ManagementLine("DOMAIN ADD").Key("NAME", result.GetValue(domain)), cancellationToken));
        return command;
    }
}
