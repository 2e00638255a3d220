using System.CommandLine;
using Orleans.Mail.Gateway.Hosting;
using Orleans.Mail.Gateway.Manage;
using Orleans.Mail.Silo;
using Orleans.Mail.Storage.Sqlite;
using Orleans.Mail.Tools.Management;

namespace Orleans.Mail.Tools.Commands;

/// <summary><c>smtpd login &lt;newpassword&gt;</c>: over the management port, or straight into the store of a stopped server.</summary>
internal static class LoginCommand
{
    public static Command Create(ToolContext context)
    {
        var remote = new RemoteOptions();
        var password = new Argument<string>("newpassword") { Description = "The new password of the management protocol" };
        password.Validators.Add(RemoteOptions.RefuseControlCharacters);
        var command = new Command("login", "Changes the password of the management protocol") { password };
        remote.AddTo(command);
        command.SetAction((result, cancellationToken) =>
        {
            var changed = result.GetValue(password)!;
            return !remote.NamesServer(result) && !StorageSettings.From(context.Parameters).IsShared && SqliteStore.IsFree(context.EmbeddedStore)
                ? WriteAsync(context, changed)
                : remote.RunAsync(
                    context, result, new ManagementLine("PASSWD").Key("OLD", remote.Password(result)).Key("NEW", changed), cancellationToken);
        });
        return command;
    }

    // Who may write to the store needs no old password.
    private static async Task<int> WriteAsync(ToolContext context, string password)
    {
        await using var server = await OfflineServer.StartAsync(context.Parameters);
        return await server.Access.ReplaceAsync(password) == AccessChange.Done
            ? await context.DoneAsync($"password changed in {context.EmbeddedStore}")
            : await context.RefuseAsync("the password was changed by somebody else at the same time");
    }
}
