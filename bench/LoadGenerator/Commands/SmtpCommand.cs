using System.CommandLine;
using Orleans.Mail.LoadGenerator.Smtp;

namespace Orleans.Mail.LoadGenerator.Commands;

internal static class SmtpCommand
{
    public static Command Create()
    {
        var target = CommonOptions.Target();
        var seconds = CommonOptions.Seconds(120);
        var connections = CommonOptions.Number("--connections", 1, 1, 10_000, "Connections at a time.");
        var perConnection = CommonOptions.Number("--per-connection", 1, 1, 1_000_000, "Messages a connection sends before QUIT.");
        var messages = CommonOptions.Number("--messages", 1000, 1, 10_000_000, "Messages in all.");
        var size = CommonOptions.Number("--size", 5120, LoadMessage.SmallestSize, 256 * 1024 * 1024, "Octets of a message, headers included.");
        var pipelining = new Option<bool>("--pipelining") { Description = "Send MAIL, RCPT and DATA together." };
        var leaveAtQuit = new Option<bool>("--leave-at-quit") { Description = "Close after QUIT without waiting for the 221." };
        var users = CommonOptions.Users();
        var firstUser = CommonOptions.FirstUser();
        var domain = CommonOptions.Domain();
        var sender = CommonOptions.Name("--sender", "load@client.test", "The envelope sender.");
        var login = new Option<SmtpLoginKind>("--login") { Description = "Log in as u0, u1, ... in turn, who then are the senders." };
        var password = CommonOptions.Password();
        var tls = new Option<TlsMode>("--tls") { Description = "Encrypt by STARTTLS, or from the first octet on; sessions are resumed, and every certificate is taken." };
        var json = CommonOptions.Json();

        var command = new Command("smtp", "Send messages to u0@DOMAIN, u1@DOMAIN, ... in turn.")
        {
            target, seconds, connections, perConnection, messages, size, pipelining, leaveAtQuit, users, firstUser, domain, sender, login, password, tls, json,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var options = new SmtpLoadOptions(
                parsed.GetRequiredValue(target),
                TimeSpan.FromSeconds(parsed.GetValue(seconds)),
                parsed.GetValue(connections),
                parsed.GetValue(perConnection),
                parsed.GetValue(messages),
                parsed.GetValue(size),
                parsed.GetValue(pipelining),
                !parsed.GetValue(leaveAtQuit),
                parsed.GetValue(users),
                parsed.GetValue(firstUser),
                parsed.GetValue(domain)!,
                parsed.GetValue(sender)!,
                parsed.GetValue(login),
                parsed.GetValue(password)!,
                parsed.GetValue(tls));
            return CommonOptions.Finish(await new SmtpLoad(options).RunAsync(cancellationToken), parsed.GetValue(json));
        });
        return command;
    }
}
