using System.Globalization;

namespace Failover;

/// <summary>The log: what is served where, and what happens. Whoever writes to it never waits (<see cref="LogQueue"/>).</summary>
internal sealed class EventLog : IAsyncDisposable
{
    private readonly TimeProvider time;
    private readonly LineFormat format;
    private readonly Func<string, string>? redact;
    private readonly LogQueue queue;

    /// <summary>Makes a log.</summary>
    /// <param name="writer">Where it is written, from one thread.</param>
    /// <param name="time">The clock.</param>
    /// <param name="format">How a line looks; left out, for people.</param>
    /// <param name="redact">Takes what is secret out of a text; left out, nothing is.</param>
    public EventLog(
        TextWriter writer,
        TimeProvider time,
        LineFormat? format = null,
        Func<string, string>? redact = null
    )
    {
        this.time = time;
        this.format = format ?? ForPeople;
        this.redact = redact;
        queue = new(writer, dropped => Line(new(Severity.Warning, [Dropped(dropped)])));
    }

    /// <summary>Says what is served where: to people, all of it.</summary>
    public void WriteStart(string url, IReadOnlyCollection<Component> components)
    {
        string listens = $"failover listens on {url}";
        if (format != ForPeople)
        {
            WriteInfo(listens);
            return;
        }

        // One entry, for it is no more than one when lines are dropped.
        queue.Add(string.Join('\n', components.Select(Served).Prepend(listens)));
    }

    public void WriteInfo(string text) => Write(new(Severity.Info, [text]));

    public void WriteNotice(string text) => Write(new(Severity.Notice, [text]));

    public void WriteWarning(string text) => Write(new(Severity.Warning, [text]));

    /// <summary>Writes what keeps something from being done, of one line or several.</summary>
    public void WriteError(string text) => Write(new(Severity.Error, [.. text.TrimEnd('\n').Split('\n')]));

    /// <summary>Writes events as they come, until there will be no more.</summary>
    public async Task WriteAllAsync(EventRing events)
    {
        await foreach ((HealthEvent happened, long missed) in events.FollowAsync(next: 0))
        {
            if (missed > 0)
            {
                WriteWarning(Missed(missed));
            }

            queue.Add(Line(LogEntry.Of(happened)), (happened as StateChange)?.Component);
        }
    }

    /// <summary>Writes what waits, for at most <see cref="LogQueue.FlushTime"/>, and nothing from then on.</summary>
    public ValueTask DisposeAsync() => queue.DisposeAsync();

    /// <summary><c>2026-03-01T12:00:00Z /mail ok -> fail: refused</c>.</summary>
    internal static string ForPeople(LogEntry entry, DateTimeOffset at)
    {
        string stamp = at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        string mark =
            entry.Event is null && entry.Severity is Severity.Warning or Severity.Error
                ? $"{Word(entry.Severity)}: "
                : "";
        return $"{stamp} {mark}{Message(entry, "\n  ")}";
    }

    /// <summary>All that an entry says, printable.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="lineBreak">What stands between its lines.</param>
    internal static string Message(LogEntry entry, string lineBreak) =>
        entry.Event is { } happened
            ? $"/{Printable.Escape(happened.Component)} {Text(happened)}"
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
            _ => happened.ToString(),
        };

    internal static string Missed(long events) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{events} {(events == 1 ? "event was" : "events were")} missed by this log, which did not take them in time"
        );

    private static string Dropped(long lines) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{lines} {(lines == 1 ? "line was" : "lines were")} dropped from this log, which did not take them in time"
        );

    private string Served(Component component)
    {
        string post = component.OnPost is null ? "" : "   (POST: reset)";
        string summary = component.Description.Task.Summary;
        return $"  /{Printable.Escape(component.Name)}   {Printable.Escape(redact?.Invoke(summary) ?? summary)}{post}";
    }

    // Secrets are taken out before a line waits: by the time that it is written, others may be in force.
    private void Write(LogEntry entry) => queue.Add(Line(entry));

    private string Line(LogEntry entry) => format(redact is null ? entry : entry.With(redact), time.GetUtcNow());
}
