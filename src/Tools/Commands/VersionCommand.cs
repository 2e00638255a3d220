using System.CommandLine;
using Orleans.Mail.Gateway.Hosting;

namespace Orleans.Mail.Tools.Commands;

/// <summary><c>smtpd version</c>.</summary>
internal static class VersionCommand
{
    public static Command Create(ToolContext context)
    {
        var command = new Command("version", "Says which version this is");
        command.SetAction(_ => context.DoneAsync($"eXtremail V1.1 release 10 (Orleans.Mail V{Product.Version})"));
        return command;
    }
}
