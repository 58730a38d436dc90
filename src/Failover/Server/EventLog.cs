using System.Globalization;

namespace Failover;

/// <summary>The log: what is served where, and what happens.</summary>
/// <param name="writer">Where it is written.</param>
/// <param name="time">The clock.</param>
/// <param name="format">How a line looks; left out, for people.</param>
/// <param name="redact">Takes what is secret out of a text; left out, nothing is.</param>
internal sealed class EventLog(
    TextWriter writer,
    TimeProvider time,
    LineFormat? format = null,
    Func<string, string>? redact = null
)
{
    // Warnings come from threads of their own.
    private readonly TextWriter output = TextWriter.Synchronized(writer);
    private readonly LineFormat format = format ?? ForPeople;

    /// <summary>Says what is served where: to people, all of it.</summary>
    public void WriteStart(string url, IReadOnlyCollection<Component> components)
    {
        string listens = $"failover listens on {url}";
        if (format != ForPeople)
        {
            WriteInfo(listens);
            return;
        }

        output.WriteLine(listens);
        foreach (Component component in components)
        {
            string post = component.OnPost is null ? "" : "   (POST: reset)";
            string summary = component.Description.Task.Summary;
            output.WriteLine(
                $"  /{Printable.Escape(component.Name)}   {Printable.Escape(redact?.Invoke(summary) ?? summary)}{post}"
            );
        }

        output.Flush();
    }

    public void WriteInfo(string text) => Write(new(Severity.Info, [text]));

    public void WriteNotice(string text) => Write(new(Severity.Notice, [text]));

    public void WriteWarning(string text) => Write(new(Severity.Warning, [text]));

    /// <summary>Writes what keeps something from being done, of one line or several.</summary>
    public void WriteError(string text) => Write(new(Severity.Error, [.. text.TrimEnd('\n').Split('\n')]));

    /// <summary>Writes events as they come, until there will be no more.</summary>
    public async Task WriteAllAsync(EventRing events)
    {
        await foreach ((HealthEvent happened, _) in events.FollowAsync(next: 0))
        {
            try
            {
                await output.WriteLineAsync(Line(LogEntry.Of(happened)));
                await output.FlushAsync();
            }
            catch (IOException)
            {
                // A full disk, most likely. The line is lost; the ones that come when there is room again are not.
            }
        }
    }

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

    private void Write(LogEntry entry)
    {
        try
        {
            output.WriteLine(Line(entry));
            output.Flush();
        }
        catch (IOException)
        {
            // As with events: what cannot be logged must not end what was to be logged.
        }
    }

    private string Line(LogEntry entry) => format(redact is null ? entry : entry.With(redact), time.GetUtcNow());
}
