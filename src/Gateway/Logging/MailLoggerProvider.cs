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

    private readonly MailLogOptions options;
    private readonly TimeProvider time;
    private readonly Stream output;
    private readonly Channel<(string ForFile, string ForOutput)> queue = Channel.CreateBounded<(string, string)>(
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
        this.output = new BufferedStream(output, 64 * 1024);
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

    private void Enqueue(LogLevel level, string category, string text, Exception? exception)
    {
        var now = time.GetUtcNow();
        var scope = CurrentScope();
        var line = LogLine.Format(now, level, scope, text, exception);
        var entry = (line, options.Json ? LogLine.FormatJson(now, level, category, scope, text, exception) : line);
        if (!queue.Writer.TryWrite(entry))
            Interlocked.Increment(ref dropped);
    }

    private string? CurrentScope()
    {
        string? text = null;
        scopes?.ForEachScope((scope, _) => text = scope as string ?? text, 0);
        return text;
    }

    private void Write()
    {
        using var file = new DailyLogFile(options.Directory, options.Keep, time);
        var trouble = false;
        while (queue.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            while (queue.Reader.TryRead(out var entry))
            {
                WriteTo(output.Write, entry.ForOutput);
                trouble = !WriteToFile(file, entry.ForFile, trouble);
            }

            if (Interlocked.Exchange(ref dropped, 0) is > 0 and var lost)
                Enqueue(LogLevel.Warning, nameof(MailLoggerProvider), string.Create(CultureInfo.InvariantCulture, $"{lost} log entries were dropped: the outputs are too slow"), null);
            output.Flush();
            if (!trouble)
                file.Flush();
        }
    }

    // A full disk or a removed folder must end neither logging to standard output nor the process; it is said once.
    private bool WriteToFile(DailyLogFile file, string line, bool trouble)
    {
        try
        {
            WriteTo(file.Write, line);
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            if (!trouble)
                WriteTo(output.Write, LogLine.Format(time.GetUtcNow(), LogLevel.Error, null, "the log file cannot be written", exception));
            return false;
        }
    }

    private static void WriteTo(WriteSpan write, string line)
    {
        var length = Encoding.UTF8.GetMaxByteCount(line.Length);
        Span<byte> bytes = length <= 1024 ? stackalloc byte[length] : new byte[length];
        write(bytes[..Encoding.UTF8.GetBytes(line, bytes)]);
    }

    private delegate void WriteSpan(ReadOnlySpan<byte> bytes);

    private sealed class MailLogger(MailLoggerProvider provider, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => provider.scopes?.Push(state);

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            provider.Enqueue(logLevel, category, formatter(state, exception), exception);
    }
}
