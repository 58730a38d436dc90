using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Failover;

/// <summary>The log: what is served where, and what happens. It goes through <see cref="ILogger"/>: to the output of this process,
/// where whoever writes to it never waits (<see cref="LogQueue"/>), or to the logging of an application.</summary>
internal sealed class EventLog : IAsyncDisposable
{
    /// <summary>How many components the start lists: nobody reads more.</summary>
    public const int MostListed = 100;

    private readonly ILogger logger;
    private readonly QueuedLoggerProvider? output;

    /// <summary>Makes a log of this process's own.</summary>
    /// <param name="writer">Where it is written, from one thread.</param>
    /// <param name="time">The clock.</param>
    /// <param name="format">The format of a line; left out, for people.</param>
    /// <param name="redact">Takes what is secret out of a text; left out, nothing is.</param>
    public EventLog(
        TextWriter writer,
        TimeProvider time,
        LineFormat? format = null,
        Func<string, string>? redact = null
    )
    {
        output = new(writer, time, format ?? ForPeople, redact);
        Factory = new LoggerFactory([output], QueuedLoggerProvider.Filter);
        logger = Factory.CreateLogger(QueuedLoggerProvider.OwnCategory);
    }

    /// <summary>Logs where an application does.</summary>
    /// <param name="logger">The application's.</param>
    /// <param name="factory">For <see cref="Factory"/>; left out, nothing is logged there. It is not disposed of.</param>
    public EventLog(ILogger logger, ILoggerFactory? factory = null)
    {
        this.logger = logger;
        Factory = factory ?? NullLoggerFactory.Instance;
    }

    /// <summary>For libraries that log by themselves, as the web server.</summary>
    public ILoggerFactory Factory { get; }

    /// <summary>How many lines were dropped since the start, as the output did not take them in time; none where an application logs.</summary>
    public long DroppedLines => output?.Dropped ?? 0;

    /// <summary>Says what is served where, with the first <see cref="MostListed"/> components.</summary>
    public void WriteStart(string url, IReadOnlyCollection<Component> components)
    {
        List<string> lines = [$"failover listens on {url}", .. components.Take(MostListed).Select(Served)];
        if (components.Count > MostListed)
        {
            lines.Add(string.Create(CultureInfo.InvariantCulture, $"and {components.Count - MostListed} more"));
        }

        WriteBanner(LogEvents.Started, lines);
    }

    /// <summary>Writes lines for people, in one piece and without the time.</summary>
    public void WriteBanner(EventId id, IEnumerable<string> lines) =>
        Write(new(Severity.Info, [.. lines]) { Id = id, IsBanner = true });

    /// <summary>Warns of oneshots that reset a latch of their component, and that its POST does not fire. The command warns of the same in the
    /// words of its file.</summary>
    public void WarnOfOneshotsWithoutPost(IEnumerable<Component> components)
    {
        foreach (Component component in components)
        {
            string name = Printable.Quoted(component.Name);
            foreach (string place in ComponentRules.OneshotsWithoutPost(component.Description))
            {
                WriteWarning(
                    LogEvents.ConfigurationWarning,
                    $"onPost of {name} does not fire the oneshot at {ComponentRules.InCode(place)}: no POST of {name} resets its latch; better: one Oneshot, the same object in each toOk of {name}"
                );
            }
        }
    }

    public void WriteInfo(EventId id, string text) => Write(new(Severity.Info, [text]) { Id = id });

    public void WriteNotice(EventId id, string text) => Write(new(Severity.Notice, [text]) { Id = id });

    public void WriteWarning(EventId id, string text) => Write(new(Severity.Warning, [text]) { Id = id });

    /// <summary>Writes what keeps something from being done, of one line or several.</summary>
    public void WriteError(EventId id, string text) =>
        Write(new(Severity.Error, [.. text.TrimEnd('\n').Split('\n')]) { Id = id });

    /// <summary>Takes warnings of one kind, of one line each.</summary>
    public Action<string> Warnings(EventId id) => text => WriteWarning(id, text);

    /// <summary>Writes events as they come, until there will be no more.</summary>
    public async Task WriteAllAsync(EventRing events)
    {
        await foreach (RingEntry entry in events.FollowAsync(next: 0))
        {
            if (entry.Missed > 0)
            {
                WriteWarning(LogEvents.EventsMissed, Missed(entry.Missed));
            }

            Write(LogEntry.Of(entry.Event));
        }
    }

    /// <summary>Writes pending lines, for at most <see cref="LogQueue.FlushTime"/>, and nothing from then on.</summary>
    public async ValueTask DisposeAsync()
    {
        if (output is not null)
        {
            await output.DisposeAsync();
            Factory.Dispose();
        }
    }

    /// <summary><c>2026-03-01T12:00:00Z /mail ok -> fail: refused</c>.</summary>
    internal static string ForPeople(LogEntry entry, DateTimeOffset at)
    {
        string stamp = entry.IsBanner
            ? ""
            : at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z' ", CultureInfo.InvariantCulture);
        string mark =
            entry.Event is null && entry.Severity is Severity.Warning or Severity.Error
                ? $"{Word(entry.Severity)}: "
                : "";
        return $"{stamp}{mark}{Message(entry, "\n  ")}";
    }

    /// <summary>All that an entry says, printable.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="lineBreak">What stands between its lines.</param>
    internal static string Message(LogEntry entry, string lineBreak) =>
        entry.Event is { } happened
            ? $"{Printable.Escape(happened.Subject)} {Text(happened)}"
            : string.Join(lineBreak, entry.Lines.Select(line => Printable.Escape(line)));

    internal static string Word(Severity severity) =>
        severity switch
        {
            Severity.Info => "info",
            Severity.Notice => "notice",
            Severity.Warning => "warning",
            Severity.Error => "error",
            _ => throw new ArgumentOutOfRangeException(nameof(severity), severity, "no such severity"),
        };

    internal static string Text(HealthEvent happened) =>
        happened switch
        {
            StateChange change => $"{change.From.Word()} -> {change.To.Word()}: {Printable.Escape(change.Reason)}",
            PostAudit post =>
                $"POST by {(post.User is null ? "nobody" : Printable.Escape(post.User))} from {post.Source}: {post.Outcome}",
            GuardChange guard => GuardText.Of(guard),
            OverrideChange change => OverrideText.Of(change),
            MaintenanceChange change => MaintenanceText.Of(change),
            _ => happened.ToString(),
        };

    internal static string Missed(long events) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{events} {(events == 1 ? "event was" : "events were")} missed by this log, which did not take them in time"
        );

    internal static LogEntry Dropped(long lines) =>
        new(
            Severity.Warning,
            [
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{lines} {(lines == 1 ? "line was" : "lines were")} dropped from this log, which did not take them in time"
                ),
            ]
        )
        {
            Id = LogEvents.LinesDropped,
        };

    private static string Served(Component component)
    {
        string post = component.OnPost is null ? "" : "   (POST: reset)";
        return $"/{component.Name}   {component.Description.Task.Summary}{post}";
    }

    // A line of a log is worth no answer: an application's logger that throws must not end whoever logs.
    private void Write(LogEntry entry)
    {
        try
        {
            logger.Log(
                entry.Level,
                entry.Id,
                new LogState(entry),
                exception: null,
                static (state, _) => state.ToString()
            );
        }
#pragma warning disable CA1031 // Whatever it throws, there is no other log for it.
        catch (Exception)
#pragma warning restore CA1031
        {
            // The next line is tried again.
        }
    }
}
