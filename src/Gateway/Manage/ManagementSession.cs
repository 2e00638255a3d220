using System.Buffers;
using System.Text;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using Orleans.Mail.Gateway.Abuse;
using Orleans.Mail.Gateway.Hosting;
using Orleans.Mail.Protocols;
using Orleans.Mail.Protocols.Manage;

namespace Orleans.Mail.Gateway.Manage;

/// <summary>One client's session: a command at a time, answered in order, however they are pipelined.</summary>
internal sealed partial class ManagementSession(
    ClientConnection connection,
    ManagementOptions options,
    ManagementAccess access,
    ManagementCommands commands,
    ILogger logger)
{
    private readonly ManageLineReader lines = new();
    private bool heardLine;
    private bool isCommand = true;
    private bool loggedIn;
    private bool ended;
    private int failures;
    private int refusals;

    public async Task RunAsync()
    {
        await SayAsync(ManageStatus.Done(ManageFamily.Session, ManageTexts.Greeting(Product.Version)));
        while (!ended && await ReadLineAsync() is { } line)
        {
            // Enter alone asks nothing.
            if (line.Fault == ManageLineFault.None && string.IsNullOrWhiteSpace(line.Text))
                continue;
            await SayAsync(await AnswerAsync(line));
        }
    }

    /// <summary>The next line; null when the session is over.</summary>
    private async ValueTask<ManageLine?> ReadLineAsync()
    {
        connection.StartWait(options.Timeout);
        while (true)
        {
            var result = await connection.ReadAsync();
            var input = result.Buffer;
            var foreign = !heardLine && ForeignProtocol.IsStartOf(input);
            var found = lines.TryRead(ref input, out var line);
            connection.Input.AdvanceTo(input.Start);
            if (foreign || (found && IsForeign(line)))
            {
                connection.TellRefused(RefusalReason.ForeignProtocol, "", "");
                return null;
            }

            if (found)
            {
                connection.EndWait();
                heardLine = true;
                return line;
            }

            if (result.IsCompleted)
                return null;
            if (connection.Draining)
                return await EndAsync(ManageEnding.Trouble, ManageTexts.Stopping);
            if (connection.TimedOut)
                return await EndAsync(ManageEnding.NotAllowed, ManageTexts.TimedOut);
        }
    }

    // A first line that came in pieces is looked at again as a whole.
    private bool IsForeign(ManageLine line) =>
        !heardLine && ForeignProtocol.IsStartOf(new ReadOnlySequence<byte>(Encoding.UTF8.GetBytes(line.Text + "\n")));

    private async ValueTask<ManageLine?> EndAsync(ManageEnding ending, string text)
    {
        await SayAsync(new ManageStatus(ManageFamily.Session, ending, text));
        return null;
    }

    private async ValueTask<ManageStatus> AnswerAsync(ManageLine line)
    {
        isCommand = TryRead(line, out var request, out var refusal);
        if (connection.IsTraced)
            connection.TraceReceived(isCommand ? ManageTrace.Describe(request) : ManageTrace.NoCommand);
        if (!isCommand || !MayRun(request, out refusal))
        {
            if (!loggedIn && ++refusals >= options.MaxFailures)
                ended = true;
            return refusal;
        }

        try
        {
            var status = await RunAsync(request);
            LogCommand(connection.RemoteAddress, request.Command.Name, status.ToString());
            return status;
        }
        catch (Exception exception) when (exception is not (ConnectionAbortedException or ConnectionResetException))
        {
            LogTrouble(exception, connection.RemoteAddress, request.Command.Name);
            return request.Status(ManageEnding.Trouble, ManageTexts.Trouble);
        }
    }

    private static bool TryRead(ManageLine line, out ManageRequest request, out ManageStatus refusal)
    {
        if (line.Fault == ManageLineFault.None)
            return ManageParser.TryParse(line.Text, out request, out refusal);
        request = null!;
        var text = line.Fault == ManageLineFault.TooLong ? ManageTexts.LineTooLong : ManageTexts.LineNotText;
        refusal = new ManageStatus(ManageFamily.Session, ManageEnding.Syntax, text);
        return false;
    }

    private bool MayRun(ManageRequest request, out ManageStatus refusal)
    {
        if (!loggedIn && request.Command != ManageTable.Login && request.Command != ManageTable.Help && request.Command != ManageTable.Quit)
            refusal = request.Status(ManageEnding.NotAllowed, ManageTexts.LoginFirst);
        else
            refusal = ValueRules.Check(request) ?? default;
        return refusal == default;
    }

    private Task<ManageStatus> RunAsync(ManageRequest request)
    {
        if (request.Command == ManageTable.Login)
            return LoginAsync(request);
        if (request.Command == ManageTable.ChangePassword)
            return ChangePasswordAsync(request);
        if (request.Command == ManageTable.Quit)
        {
            ended = true;
            return Task.FromResult(request.Done(ManageTexts.Bye));
        }

        return commands.Find(request.Command)(new CommandContext(request, connection));
    }

    private async Task<ManageStatus> LoginAsync(ManageRequest request)
    {
        switch (await access.CheckAsync(request.Words[^1], connection.RemoteAddress))
        {
            case AccessCheck.Right:
                loggedIn = true;
                return request.Done(ManageTexts.LoggedIn);
            case AccessCheck.TooMany:
                return request.Status(ManageEnding.Trouble, ManageTexts.TooManyLogins);
            default:
                return Failed(request, ManageTexts.LoginIncorrect);
        }
    }

    private async Task<ManageStatus> ChangePasswordAsync(ManageRequest request)
    {
        var outcome = await access.ChangeAsync(request[ManageKeys.Old], request[ManageKeys.New], connection.RemoteAddress);
        return outcome switch
        {
            AccessChange.Done => request.Done(ManageTexts.PasswordChanged),
            AccessChange.TooMany => request.Status(ManageEnding.Trouble, ManageTexts.TooManyLogins),
            AccessChange.OldIncorrect => Failed(request, ManageTexts.OldIncorrect),
            _ => request.Status(ManageEnding.Trouble, ManageTexts.ChangedMeanwhile),
        };
    }

    private ManageStatus Failed(ManageRequest request, string text)
    {
        ended = ++failures >= options.MaxFailures;
        var status = request.Status(ManageEnding.NotAllowed, text);
        connection.TellRefused(RefusalReason.ManagementPassword, "", status.ToString());
        return status;
    }

    private ValueTask SayAsync(ManageStatus status)
    {
        // What was no command is repeated in its refusal, and may have been a password.
        if (!isCommand && connection.IsTraced)
            connection.TraceSent(ManageTrace.Describe(status));
        ManageReplyWriter.WriteStatus(isCommand ? connection.Replies : connection.Output, status);
        return connection.FlushAsync();
    }
}
