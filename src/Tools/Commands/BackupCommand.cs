using System.CommandLine;
using System.Globalization;
using Orleans.Mail.Storage.Sqlite;
using Orleans.Mail.Tools.Backups;

namespace Orleans.Mail.Tools.Commands;

/// <summary><c>smtpd backup &lt;folder|file.tar|file.tar.gz&gt;</c>: while the server runs, or not.</summary>
internal static class BackupCommand
{
    public static Command Create(ToolContext context)
    {
        var target = new Argument<string>("target") { Description = "A new folder, or a new file .tar, .tar.gz or .tgz" };
        var copy = new Option<bool>("--copy") { Description = "Copies large messages, instead of giving their files a second name where the target is on the same disk" };
        var command = new Command("backup", "Backs the embedded store up, whether the server runs or not") { target, copy };
        command.SetAction(async (result, cancellationToken) =>
        {
            var (store, to, link) = (context.EmbeddedStore, result.GetValue(target)!, !result.GetValue(copy));
            var summary = BackupArchive.IsArchive(to)
                ? await BackupArchive.WriteAsync(store, to, TimeProvider.System, cancellationToken)
                : await StoreBackup.WriteAsync(store, to, link, TimeProvider.System, cancellationToken);
            return await context.DoneAsync($"{to}: {Describe(summary)}");
        });
        return command;
    }

    public static string Describe(BackupSummary summary) =>
        string.Create(CultureInfo.InvariantCulture, $"{summary.Bodies} messages, {summary.Bytes} octets");
}
