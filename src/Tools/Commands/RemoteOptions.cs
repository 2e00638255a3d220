using System.CommandLine;
using System.CommandLine.Parsing;
using Orleans.Mail.Tools.Management;

namespace Orleans.Mail.Tools.Commands;

/// <summary>The manual's <c>-h</c>, <c>-p</c> and <c>-l</c>: which server, and the password of its management protocol.</summary>
internal sealed class RemoteOptions
{
    private const string PasswordVariable = "OMAIL_PASSWORD";
    private const string InitialPassword = "system";

    private readonly Option<string?> host = new("--host", "-h") { Description = "Host of the management port; 127.0.0.1 if not given" };
    private readonly Option<int?> port = new("--port", "-p") { Description = "Its port; PORT_REMT or 4501 if not given" };
    private readonly Option<string?> password = Text("--login", "-l", $"Management password; {PasswordVariable} or '{InitialPassword}' if not given");

    /// <summary>An option whose value goes into a line of the protocol.</summary>
    public static Option<string?> Text(string name, string alias, string description, bool required = false)
    {
        var option = new Option<string?>(name, alias) { Description = description, Required = required };
        option.Validators.Add(RefuseControlCharacters);
        return option;
    }

    public static void RefuseControlCharacters(SymbolResult result)
    {
        if (!result.Tokens.All(token => ManagementLine.CanHold(token.Value)))
            result.AddError("A value may not hold control characters.");
    }

    public void AddTo(Command command)
    {
        port.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && int.TryParse(result.Tokens[0].Value, out var number) && number is < 1 or > 65_535)
                result.AddError("A port is a number from 1 to 65535.");
        });
        command.Options.Add(host);
        command.Options.Add(port);
        command.Options.Add(password);
    }

    /// <summary>Whether the command line names a server.</summary>
    public bool NamesServer(ParseResult result) => result.GetValue(host) is not null || result.GetValue(port) is not null;

    public string Password(ParseResult result) =>
        result.GetValue(password) ?? Environment.GetEnvironmentVariable(PasswordVariable) ?? InitialPassword;

    /// <summary>Logs in, sends one command, and says the server's answer.</summary>
    public async Task<int> RunAsync(ToolContext context, ParseResult result, ManagementLine command, CancellationToken cancellationToken)
    {
        var to = result.GetValue(port) ?? context.Parameters.WholeNumber("PORT_REMT", ManagementClient.DefaultPort, 0, 65_535);
        var tls = context.Parameters.Switch("Management:Tls", false);
        using var client = await ManagementClient.ConnectAsync(result.GetValue(host) ?? "127.0.0.1", to, cancellationToken, tls: tls);
        var reply = await client.SendAsync(new ManagementLine("LOGIN").Word(Password(result)), cancellationToken);
        if (reply.IsDone)
            reply = await client.SendAsync(command, cancellationToken);
        if (!reply.IsDone)
            return await context.RefuseAsync(reply.Status);
        await client.SendAsync(new ManagementLine("QUIT"), cancellationToken);
        foreach (var line in reply.Data)
            await context.Output.WriteLineAsync(line);
        return await context.DoneAsync(reply.Status);
    }
}
