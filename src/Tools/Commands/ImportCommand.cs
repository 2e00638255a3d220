using System.CommandLine;
using System.Globalization;
using Orleans.Mail.Grains;
using Orleans.Mail.Silo;
using Orleans.Mail.Storage.Sqlite;
using Orleans.Mail.Tools.Formats;
using Orleans.Mail.Tools.Mailboxes;

namespace Orleans.Mail.Tools.Commands;

/// <summary><c>smtpd import &lt;source&gt; [--mailbox user@domain]</c>: only while the server is stopped.</summary>
internal static class ImportCommand
{
    public static Command Create(ToolContext context)
    {
        var source = new Argument<string>("source") { Description = "A folder with mailboxes as export writes them (domain/name), or the Maildir or mbox file of one" };
        var mailbox = MailboxOption.Create();
        var command = new Command("import", "Adds the messages of mail files to mailboxes of the stopped server") { source, mailbox };
        command.SetAction(async (result, cancellationToken) =>
        {
            var from = Path.GetFullPath(result.GetValue(source)!);
            if (!Path.Exists(from))
                return await context.RefuseAsync($"there is no {from}");
            if (!SqliteStore.Exists(context.EmbeddedStore))
                return await context.RefuseAsync($"there is no store in {context.EmbeddedStore}");
            await using var server = await OfflineServer.StartAsync(context.Parameters);
            var mail = new StoredMail(server.Rows);
            var import = new Import(context, mail, new MailboxImporter(server.Grains, mail, server.Bodies));
            return result.GetValue(mailbox) is { } address
                ? await import.OneAsync(address, from, cancellationToken)
                : await import.AllAsync(from, cancellationToken);
        });
        return command;
    }

    private sealed record Import(ToolContext Context, StoredMail Mail, MailboxImporter Importer)
    {
        public async Task<int> OneAsync(MailAddress address, string path, CancellationToken cancellationToken) =>
            await Mail.FindUserAsync(address, cancellationToken) is { } user
                ? await RunAsync(user, path, cancellationToken)
                : await Context.RefuseAsync($"{address} is no user");

        public async Task<int> AllAsync(string path, CancellationToken cancellationToken)
        {
            var code = ExitCode.Done;
            foreach (var folder in Directory.EnumerateDirectories(path).Order(StringComparer.Ordinal))
            {
                var users = await Mail.ReadUsersAsync(Path.GetFileName(folder), cancellationToken).ToListAsync(cancellationToken);
                var names = new FolderNames(users);
                var owners = users.ToDictionary(names.Of);
                foreach (var each in Directory.EnumerateFileSystemEntries(folder).Order(StringComparer.Ordinal))
                {
                    var result = owners.TryGetValue(NameOf(each), out var user)
                        ? await RunAsync(user, each, cancellationToken)
                        : await Context.RefuseAsync($"{each} belongs to no user and was left out");
                    code = Math.Max(code, result);
                }
            }

            return code;
        }

        private static string NameOf(string path)
        {
            var name = Path.GetFileName(path);
            return File.Exists(path) && name.EndsWith(ExportOptions.MboxEnding, StringComparison.Ordinal) ? name[..^ExportOptions.MboxEnding.Length] : name;
        }

        private async Task<int> RunAsync(StoredUser user, string path, CancellationToken cancellationToken)
        {
            if (!File.Exists(path) && !Maildir.IsOne(path))
                return await Context.RefuseAsync($"{path} is neither a Maildir nor an mbox file");
            try
            {
                var messages = File.Exists(path) ? Mbox.Read(path) : new Maildir(path).Read();
                var count = await Importer.ImportAsync(user, messages, cancellationToken);
                await Context.Output.WriteLineAsync(string.Create(
                    CultureInfo.InvariantCulture, $"{user.Address}: {count.Added} messages added, {count.Before} were there: {path}"));
                return ExitCode.Done;
            }
            catch (InvalidDataException exception)
            {
                return await Context.RefuseAsync($"{path}: {exception.Message}");
            }
        }
    }
}
