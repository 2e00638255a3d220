using System.CommandLine;
using Orleans.Mail.Storage.Sqlite;
using Orleans.Mail.Tools.Backups;

namespace Orleans.Mail.Tools.Commands;

/// <summary><c>smtpd restore &lt;folder|file&gt;</c>: only while the server is stopped.</summary>
internal static class RestoreCommand
{
    public static Command Create(ToolContext context)
    {
        var source = new Argument<string>("source") { Description = "What smtpd backup wrote" };
        var force = new Option<bool>("--force") { Description = "Replaces a store that is there; it is kept in a folder replaced-… beside the new one" };
        var command = new Command("restore", "Puts a backup in the place of the stopped server's store") { source, force };
        command.SetAction(async (result, cancellationToken) =>
        {
            var (store, from) = (context.EmbeddedStore, result.GetValue(source)!);
            var summary = BackupArchive.IsArchive(from)
                ? await BackupArchive.RestoreAsync(from, store, result.GetValue(force), TimeProvider.System, cancellationToken)
                : await StoreRestore.RunAsync(from, store, result.GetValue(force), TimeProvider.System, cancellationToken);
            if (summary.Replaced is { } replaced)
                await context.Output.WriteLineAsync($"the store that was there is in {replaced}");
            return await context.DoneAsync($"{store}: {BackupCommand.Describe(summary.Restored)}");
        });
        return command;
    }
}
