using System.ComponentModel;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Mail.Storage;

namespace Orleans.Mail.Grains;

/// <summary>
/// Feeds a message to the program of an alias. Whatever the operator can mend is tried again; a program that fails is
/// told to the sender in general words: its own are for the log.
/// </summary>
internal sealed partial class PipeAttempt(
    PipeProgram programs, IBodyStore bodies, IOptions<PipeOptions> options, IHostApplicationLifetime host, ILogger<PipeAttempt> logger) : IQueueAttempt
{
    private const int TryAgain = 75; // EX_TEMPFAIL of sysexits.h

    private static readonly AttemptResult Unusable = new AttemptResult.Failure("5.3.5 the program of this address cannot be run");
    private static readonly AttemptResult Unavailable = new AttemptResult.Later("4.3.5 the program of this address is not available");
    private static readonly AttemptResult Deferred = new AttemptResult.Later("4.3.0 the program of this address asks to try again");
    private static readonly AttemptResult TooSlow = new AttemptResult.Later("4.3.0 the program of this address took too long");
    private static readonly AttemptResult Failed = new AttemptResult.Failure("5.3.0 the program of this address failed");

    public TargetKind Kind => TargetKind.Pipe;

    // Beside the grain that asks: starting a process takes a moment.
    public Task<AttemptResult> TryAsync(QueueEntry entry) => Task.Run(() => RunAsync(entry));

    private async Task<AttemptResult> RunAsync(QueueEntry entry)
    {
        if (!PipeCommand.TryParse(entry.Target.Id, out var command))
            return Unusable;
        if (!options.Value.Programs.Contains(command.Program, StringComparer.Ordinal) || !IsExecutable(command.Program))
        {
            LogUnavailable(entry.Id, entry.Target.Address, command.Program);
            return Unavailable;
        }

        var environment = new Dictionary<string, string>
        {
            ["SENDER"] = entry.Sender,
            ["RECIPIENT"] = entry.Recipient,
            ["MESSAGE_ID"] = entry.Id.ToString(),
        };
        try
        {
            var exit = await programs.RunAsync(command, environment, (input, ended) => FeedAsync(entry, input, ended), host.ApplicationStopping);
            return Judge(entry, command.Program, exit);
        }
        catch (Win32Exception failure)
        {
            LogNotStarted(failure, entry.Id, entry.Target.Address, command.Program);
            return Unavailable;
        }
    }

    private static bool IsExecutable(string path) =>
        File.Exists(path) && (OperatingSystem.IsWindows()
            || (File.GetUnixFileMode(path) & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)) != 0);

    private async Task FeedAsync(QueueEntry entry, PipeInput input, CancellationToken ended)
    {
        await using var body = await bodies.OpenReadAsync(entry.Body, BodyRange.All, ended);
        await new PipeMessage(entry.Sender, entry.Target.Address, body, options.Value.CrlfLineEnds).WriteAsync(input, ended);
    }

    private AttemptResult Judge(QueueEntry entry, string program, PipeExit exit)
    {
        if (exit is not { Code: 0, Errors: "", Output: "" })
            LogEnded(entry.Id, entry.Target.Address, program, exit.Code, exit.Errors, exit.Output);
        return exit.Code switch
        {
            0 => AttemptResult.Done,
            null => TooSlow,
            TryAgain => Deferred,
            _ => Failed,
        };
    }

    [LoggerMessage(520, LogLevel.Warning, "Message {MessageId} for {Address}: {Program} is not among Pipe:Programs, or cannot be executed")]
    private partial void LogUnavailable(MessageId messageId, string address, string program);

    [LoggerMessage(521, LogLevel.Error, "Message {MessageId} for {Address}: {Program} could not be started")]
    private partial void LogNotStarted(Exception failure, MessageId messageId, string address, string program);

    /// <summary>Code null: it was stopped, because it took too long.</summary>
    [LoggerMessage(522, LogLevel.Warning, "Message {MessageId} for {Address}: {Program} ended with {Code}, said {Errors} and wrote {Output}")]
    private partial void LogEnded(MessageId messageId, string address, string program, int? code, string errors, string output);
}
