using System.Buffers;
using System.Globalization;
using System.Text;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Orleans.Mail.Gateway.Logging;

/// <summary>
/// Writes log entries to standard output and to the file of the day. Callers only format and enqueue; one thread writes
/// in batches. When the outputs cannot keep up, entries are dropped and their number is logged: mail never waits for a log.
/// </summary>
public sealed class MailLoggerProvider : ILoggerProvider, ISupportExternalScope
{
    private const int QueueLength = 20_000;
    private const int RoundLength = 64 * 1024;

    private readonly MailLogOptions options;
    private readonly TimeProvider time;
    private readonly Stream output;
    private readonly Channel<Entry> queue = Channel.CreateBounded<Entry>(
        new BoundedChannelOptions(QueueLength) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    private readonly Thread writer;
    private IExternalScopeProvider? scopes;
    private long dropped;

    public MailLoggerProvider(MailLogOptions options, TimeProvider time)
        : this(options, time, Console.OpenStandardOutput())
    {
    }

    internal MailLoggerProvider(MailLogOptions options, TimeProvider time, Stream output)
    {
        this.options = options;
        this.time = time;
        this.output = output;
        writer = new Thread(Write) { IsBackground = true, Name = "log writer" };
        writer.Start();
    }

    public ILogger CreateLogger(string categoryName) => new MailLogger(this, categoryName);

    public void SetScopeProvider(IExternalScopeProvider scopeProvider) => scopes = scopeProvider;

    /// <summary>Writes what is queued, at most for a few seconds, and ends.</summary>
    public void Dispose()
    {
        if (queue.Writer.TryComplete())
            writer.Join(TimeSpan.FromSeconds(5));
    }

    private void Enqueue<TState>(LogLevel level, string category, EventId eventId, TState state, string text, Exception? exception)
    {
        var now = time.GetUtcNow();
        var scope = CurrentScope();
        var entry = new Entry(
            options is { Json: true, Directory: null } ? null : LogLine.Format(now, level, scope, text, exception),
            options.Json ? LogLine.FormatJson(now, level, category, eventId, scope, text, state as IReadOnlyList<KeyValuePair<string, object?>>, exception) : null);
        if (!queue.Writer.TryWrite(entry))
            Interlocked.Increment(ref dropped);
    }

    private string? CurrentScope()
    {
        string? text = null;
        scopes?.ForEachScope((scope, _) => text = scope as string ?? text, 0);
        return text;
    }

    // What has come since the last round is one write to each output.
    private void Write()
    {
        using var file = options.Directory is null ? null : new DailyLogFile(options.Directory, options.Keep, time);
        var lines = new ArrayBufferWriter<byte>(RoundLength);
        var forOutput = options.Json ? new ArrayBufferWriter<byte>(RoundLength) : lines;
        Exception? fileTrouble = null;
        while (queue.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            while (forOutput.WrittenCount < RoundLength && queue.Reader.TryRead(out var entry))
            {
                if (entry.Line is not null)
                    Encoding.UTF8.GetBytes(entry.Line, lines);
                if (entry.Json is not null)
                    Encoding.UTF8.GetBytes(entry.Json, forOutput);
            }

            if (Interlocked.Exchange(ref dropped, 0) is > 0 and var lost)
                Say(forOutput, LogLevel.Warning, string.Create(CultureInfo.InvariantCulture, $"{lost} log entries were dropped: the outputs are too slow"), null);
            var failed = file is null ? null : TryWrite(file.Write, lines.WrittenSpan);
            if (failed is not null && fileTrouble is null)
                Say(forOutput, LogLevel.Error, "the log file cannot be written", failed);
            fileTrouble = failed;
            if (TryWrite(output.Write, forOutput.WrittenSpan) is not null)
                Interlocked.Increment(ref dropped); // said when it can be said again
            lines.ResetWrittenCount();
            forOutput.ResetWrittenCount();
        }
    }

    private void Say(ArrayBufferWriter<byte> to, LogLevel level, string text, Exception? exception) => Encoding.UTF8.GetBytes(
        options.Json
            ? LogLine.FormatJson(time.GetUtcNow(), level, typeof(MailLoggerProvider).FullName!, default, null, text, null, exception)
            : LogLine.Format(time.GetUtcNow(), level, null, text, exception),
        to);

    // A full disk or a removed folder ends neither the other output nor the process.
    private static Exception? TryWrite(WriteSpan write, ReadOnlySpan<byte> text)
    {
        try
        {
            write(text);
            return null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return exception;
        }
    }

    /// <param name="Line">For the file, and for standard output unless that is JSON; null when neither wants it.</param>
    /// <param name="Json">For standard output; null when that is text.</param>
    private readonly record struct Entry(string? Line, string? Json);

    private delegate void WriteSpan(ReadOnlySpan<byte> bytes);

    private sealed class MailLogger(MailLoggerProvider provider, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => provider.scopes?.Push(state);

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            provider.Enqueue(logLevel, category, eventId, state, formatter(state, exception), exception);
    }
}
