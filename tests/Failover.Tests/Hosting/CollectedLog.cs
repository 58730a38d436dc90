using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Failover;

/// <summary>The logging of an application, which keeps all that it is given.</summary>
internal sealed class CollectedLog : ILoggerFactory
{
    public ConcurrentQueue<Entry> Entries { get; } = [];

    public ILogger CreateLogger(string categoryName) => new Logger(categoryName, Entries);

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    public void Dispose() { }

    internal sealed record Entry(
        string Category,
        LogLevel Level,
        EventId Id,
        string Text,
        Dictionary<string, object?> Fields
    );

    private sealed class Logger(string category, ConcurrentQueue<Entry> entries) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        ) =>
            entries.Enqueue(
                new(
                    category,
                    logLevel,
                    eventId,
                    formatter(state, exception),
                    state is IEnumerable<KeyValuePair<string, object?>> fields
                        ? fields.ToDictionary(field => field.Key, field => field.Value, StringComparer.Ordinal)
                        : []
                )
            );
    }
}
