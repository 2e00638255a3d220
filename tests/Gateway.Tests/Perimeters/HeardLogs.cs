using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Orleans.Mail.Gateway.Abuse;

namespace Orleans.Mail.Gateway.Tests.Perimeters;

/// <summary>Logs that keep their lines; of the general trace only when it is wished.</summary>
internal sealed class HeardLogs : ILoggerFactory
{
    /// <summary>CFG_LOG_LEVEL is 5.</summary>
    public bool HearsAll { get; set; }

    public ConcurrentQueue<(string Category, string Text)> Lines { get; } = [];

    public ILogger CreateLogger(string categoryName) => new Heard(this, categoryName);

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    public void Dispose()
    {
    }

    private sealed class Heard(HeardLogs all, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => all.HearsAll || category == ProtocolTrace.Category;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            all.Lines.Enqueue((category, formatter(state, exception)));
    }
}
