using System.Collections.Immutable;
using System.Security.Authentication;
using Microsoft.Extensions.Logging;

namespace Failover;

/// <summary>Writes what is logged in one of our formats, through a <see cref="LogQueue"/>: whoever logs never waits for the
/// output.</summary>
/// <remarks>Of the web server, warnings and errors are written, one of a kind in a minute. It counts handshakes that fail among
/// the details of a connection; those in which a client refuses our certificate, or speaks no TLS, are warnings here, for a
/// poller that fails so takes the service for down.</remarks>
internal sealed class QueuedLoggerProvider : ILoggerProvider, IAsyncDisposable
{
    /// <summary>The category of what is our own, in every kind of program. It does not change: filters rest on it.</summary>
    public const string OwnCategory = "Failover";

    private const string TlsCategory = "Microsoft.AspNetCore.Server.Kestrel.Https.Internal.HttpsConnectionMiddleware";

    private readonly TimeProvider time;
    private readonly LineFormat format;
    private readonly Func<string, string>? redact;
    private readonly LogQueue queue;
    private readonly RepeatLimit limit;

    /// <param name="writer">Where it is written, from one thread.</param>
    /// <param name="time">The clock.</param>
    /// <param name="format">The format of a line.</param>
    /// <param name="redact">Takes what is secret out of a text; null: nothing is.</param>
    public QueuedLoggerProvider(
        TextWriter writer,
        TimeProvider time,
        LineFormat format,
        Func<string, string>? redact = null
    )
    {
        this.time = time;
        this.format = format;
        this.redact = redact;
        limit = new(time);
        queue = new(writer, dropped => Line(EventLog.Dropped(dropped)));
    }

    /// <summary>What is worth handing to this provider.</summary>
    public static LoggerFilterOptions Filter
    {
        get
        {
            LoggerFilterOptions filter = new() { MinLevel = LogLevel.Warning };
            filter.Rules.Add(new(providerName: null, OwnCategory, LogLevel.Information, filter: null));
            filter.Rules.Add(new(providerName: null, TlsCategory, LogLevel.Debug, filter: null));
            return filter;
        }
    }

    /// <summary>How many lines were dropped since the start.</summary>
    public long Dropped => queue.Dropped;

    public ILogger CreateLogger(string categoryName) => new QueuedLogger(this, categoryName);

    // The queue is left to DisposeAsync: pending lines in it take their time.
    public void Dispose() { }

    /// <summary>Writes pending lines, for at most <see cref="LogQueue.FlushTime"/>, and nothing from then on.</summary>
    public ValueTask DisposeAsync() => queue.DisposeAsync();

    private void Write(LogEntry entry) => queue.Add(Line(entry), (entry.Event as StateChange)?.Component);

    // Secrets are taken out before a line waits: by the time that it is written, others may be in force.
    private string Line(LogEntry entry) => format(redact is null ? entry : entry.With(redact), time.GetUtcNow());

    // Most messages are not logged: their text is formatted after that is known.
    private void WriteForeign<TState>(
        string category,
        LogLevel level,
        EventId id,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter
    )
    {
        if (limit.Allows(category, id, out string suppressed))
        {
            Severity severity = level >= LogLevel.Error ? Severity.Error : Severity.Warning;
            // An unexpected fault is logged with its stack trace.
            string[] details =
                exception is null ? []
                : severity == Severity.Error ? exception.ToString().ReplaceLineEndings("\n").Split('\n')
                : [exception.Message];
            ImmutableArray<string> lines = [$"{category}: {formatter(state, exception)}{suppressed}", .. details];
            Write(new(severity, lines) { Id = id, Category = category });
        }
    }

    private sealed class QueuedLogger(QueuedLoggerProvider provider, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        )
        {
            if (state is LogState { Entry: var entry })
            {
                provider.Write(entry);
            }
            else if (logLevel >= LogLevel.Warning || (category == TlsCategory && exception is AuthenticationException))
            {
                provider.WriteForeign(category, logLevel, eventId, state, exception, formatter);
            }
        }
    }
}
