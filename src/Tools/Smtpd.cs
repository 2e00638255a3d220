using System.CommandLine;
using System.CommandLine.Help;
using System.Net.Sockets;
using Orleans.Mail.Gateway.Configuration;
using Orleans.Mail.Tools.Commands;

namespace Orleans.Mail.Tools;

/// <summary>
/// The command line (manual, "Starting and stopping eXtremail" and "Utilities"). Words <c>--NAME=value</c> with the name
/// of a parameter are the server's settings, as on its own command line; all others are the tool's.
/// </summary>
internal static class Smtpd
{
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, TextWriter output, TextWriter error)
    {
        var settings = arguments.Where(IsSetting).ToArray();
        try
        {
            var root = Create(ToolContext.Create(settings, output, error));
            var result = root.Parse([.. arguments.Where(argument => !IsSetting(argument))]);
            if (result.Errors.Count > 0)
            {
                foreach (var fault in result.Errors)
                    await error.WriteLineAsync(fault.Message);
                return ExitCode.Usage;
            }

            return await result.InvokeAsync(new InvocationConfiguration { Output = output, Error = error, EnableDefaultExceptionHandler = false });
        }
        catch (Exception exception) when (exception is ParameterException or IOException or SocketException or UnauthorizedAccessException or TimeoutException)
        {
            await error.WriteLineAsync(exception.Message);
            return ExitCode.Refused;
        }
        catch (OperationCanceledException)
        {
            await error.WriteLineAsync("interrupted");
            return ExitCode.Refused;
        }
    }

    private static RootCommand Create(ToolContext context)
    {
        var root = new RootCommand("Manages an Orleans.Mail server")
        {
            StartCommand.Create(context),
            StopCommand.Create(context),
            StatusCommand.Create(context),
            VersionCommand.Create(context),
            LoginCommand.Create(context),
            AddDomainCommand.Create(context),
            AddUserCommand.Create(context),
            ExportCommand.Create(context),
            ImportCommand.Create(context),
            BackupCommand.Create(context),
            RestoreCommand.Create(context),
        };

        // -h is the host, as the manual has it; the framework would take it for help, and --version is a command here.
        root.Options.Clear();
        root.Options.Add(new HelpOption("--help", "-?") { Recursive = true });
        return root;
    }

    private static bool IsSetting(string argument) =>
        argument.StartsWith("--", StringComparison.Ordinal)
        && argument.IndexOf('=', StringComparison.Ordinal) is > 2 and var equals
        && ParameterTable.Find(argument[2..equals]) is not null;
}
