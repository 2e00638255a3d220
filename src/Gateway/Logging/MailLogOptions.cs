using Microsoft.Extensions.Logging;
using Orleans.Mail.Gateway.Configuration;

namespace Orleans.Mail.Gateway.Logging;

/// <summary>What is logged and where to (SPEC 12).</summary>
public sealed record MailLogOptions
{
    /// <summary>CFG_LOG_LEVEL: 0 none, 1 errors, 2 warnings, 3 one line per message and attempt, 4 sessions, 5 protocol. Default: 3.</summary>
    public int Level { get; init; } = 3;

    /// <summary>DIR_LOG: the folder of the daily files; null = none are written. Default: <c>log</c> beside the store; in containers none.</summary>
    public string? Directory { get; init; } = "data/log";

    /// <summary>How long a daily file is kept. 14 days.</summary>
    public TimeSpan Keep { get; init; } = TimeSpan.FromDays(14);

    /// <summary>Log:Format: whether standard output carries JSON lines. Default: in containers it does.</summary>
    public bool Json { get; init; }

    /// <summary>The framework's level for our own categories.</summary>
    public LogLevel Minimum => Level switch
    {
        0 => LogLevel.None,
        1 => LogLevel.Error,
        2 => LogLevel.Warning,
        3 => LogLevel.Information,
        4 => LogLevel.Debug,
        _ => LogLevel.Trace,
    };

    public static MailLogOptions From(Parameters parameters, string storePath)
    {
        var contained = parameters.Switch("DOTNET_RUNNING_IN_CONTAINER", false);
        return new()
        {
            Level = parameters.WholeNumber("CFG_LOG_LEVEL", 3, 0, 5),
            Directory = parameters.Find("DIR_LOG") ?? (contained ? null : Path.Combine(storePath, "log")),
            Json = parameters.Choice("Log:Format", contained ? LogFormat.Json : LogFormat.Text) == LogFormat.Json,
        };
    }

    private enum LogFormat
    {
        Text,
        Json,
    }
}
