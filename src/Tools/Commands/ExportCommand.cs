using System.CommandLine;
using System.Globalization;
using Orleans.Mail.Grains;
using Orleans.Mail.Storage.Sqlite;
using Orleans.Mail.Tools.Mailboxes;

namespace Orleans.Mail.Tools.Commands;

/// <summary><c>smtpd export &lt;target&gt; [--mailbox user@domain] [--format maildir|mbox]</c>: while the server runs, or not.</summary>
internal static class ExportCommand
{
    public static Command Create(ToolContext context)
    {
        var target = new Argument<string>("target") { Description = "A folder for all mailboxes (domain/name), or the Maildir or mbox file of one" };
        var mailbox = MailboxOption.Create();
        var format = new Option<MailboxFormat>("--format") { Description = "Maildir: a file for each message; mbox: one for all", DefaultValueFactory = _ => MailboxFormat.Maildir };
        var lineFeeds = new Option<bool>("--lf") { Description = "Writes LF line ends, not the octets as they are" };
        var force = new Option<bool>("--force") { Description = "Replaces mbox files that are there" };
        var command = new Command("export", "Writes mailboxes to mail files, whether the server runs or not") { target, mailbox, format, lineFeeds, force };
        command.SetAction(async (result, cancellationToken) =>
        {
            await using var store = StoreReader.Open(context.EmbeddedStore);
            var mail = new StoredMail(store.Rows);
            var options = new ExportOptions(result.GetValue(format), result.GetValue(lineFeeds), result.GetValue(force));
            var export = new Export(context, mail, new MailboxExporter(mail, store.Bodies, options), options.Format);
            var to = Path.GetFullPath(result.GetValue(target)!);
            return result.GetValue(mailbox) is { } address
                ? await export.OneAsync(address, to, cancellationToken)
                : await export.AllAsync(to, cancellationToken);
        });
        return command;
    }

    private sealed record Export(ToolContext Context, StoredMail Mail, MailboxExporter Exporter, MailboxFormat Format)
    {
        public async Task<int> OneAsync(MailAddress address, string path, CancellationToken cancellationToken)
        {
            if (await Mail.FindUserAsync(address, cancellationToken) is not { } user)
                return await Context.RefuseAsync($"{address} is no user");
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await RunAsync(user, path, cancellationToken);
            return ExitCode.Done;
        }

        public async Task<int> AllAsync(string path, CancellationToken cancellationToken)
        {
            await foreach (var domain in Mail.ReadDomainsAsync(cancellationToken))
            {
                var users = await Mail.ReadUsersAsync(domain, cancellationToken).ToListAsync(cancellationToken);
                var names = new FolderNames(users);
                var folder = Path.Combine(path, domain);
                Directory.CreateDirectory(folder);
                foreach (var user in users)
                    await RunAsync(user, Path.Combine(folder, names.Of(user) + (Format == MailboxFormat.Mbox ? ExportOptions.MboxEnding : "")), cancellationToken);
            }

            return ExitCode.Done;
        }

        private async Task RunAsync(StoredUser user, string path, CancellationToken cancellationToken)
        {
            var count = await Exporter.ExportAsync(user, path, cancellationToken);
            await Context.Output.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture, $"{user.Address}: {count.Written} messages written, {count.Before} were there: {path}"));
        }
    }
}
