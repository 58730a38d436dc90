using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Failover;

/// <summary>How the lines of the log look.</summary>
internal static class LogFormat
{
    public const string Text = "text";
    public const string Json = "json";
    public const string Journald = "journald";

    private static readonly JsonWriterOptions JsonOptions = new()
    {
        // What it lets pass and a terminal must not get is escaped below.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static IReadOnlyList<string> Names { get; } = [Text, Json, Journald];

    /// <summary>The format of that name.</summary>
    /// <param name="name">One of <see cref="Names"/>; null: for people, or for the journal where the environment says that it
    /// takes the output.</param>
    /// <param name="environment">The environment's variables.</param>
    /// <param name="isTerminal">Whether a person watches.</param>
    public static LineFormat Of(string? name, Func<string, string?> environment, bool isTerminal) =>
        name switch
        {
            Text => EventLog.ForPeople,
            Json => ToJson,
            Journald => ToJournal,
            // systemd sets it where a stream of the process leads into the journal (systemd.exec(5)).
            null when !isTerminal && environment("JOURNAL_STREAM") is { Length: > 0 } => ToJournal,
            null => EventLog.ForPeople,
            _ => throw new ArgumentOutOfRangeException(nameof(name), name, $"accepted: {string.Join(", ", Names)}"),
        };

    /// <summary><c>&lt;4>/mail ok -> fail: refused</c>: the priority as sd-daemon(3) has it, and no time, which the journal
    /// knows.</summary>
    internal static string ToJournal(LogEntry entry, DateTimeOffset at)
    {
        string priority = string.Create(CultureInfo.InvariantCulture, $"<{Priority(entry.Severity)}>");
        // To the journal, each line is an entry of its own.
        return priority + EventLog.Message(entry, $"\n{priority}  ");
    }

    /// <summary>One object, of those fields that there is something to say in.</summary>
    internal static string ToJson(LogEntry entry, DateTimeOffset at)
    {
        using MemoryStream bytes = new();
        using (Utf8JsonWriter json = new(bytes, JsonOptions))
        {
            json.WriteStartObject();
            json.WriteString(
                "time",
                at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture)
            );
            json.WriteString("level", EventLog.Word(entry.Severity));
            WriteEvent(json, entry.Event);
            json.WriteString("message", EventLog.Message(entry, "\n"));
            json.WriteEndObject();
        }

        return Escaped(Encoding.UTF8.GetString(bytes.GetBuffer().AsSpan(0, (int)bytes.Length)));
    }

    private static void WriteEvent(Utf8JsonWriter json, HealthEvent? happened)
    {
        switch (happened)
        {
            case StateChange change:
                json.WriteString("event", "state");
                json.WriteString("component", change.Component);
                json.WriteString("from", change.From.Word());
                json.WriteString("to", change.To.Word());
                json.WriteString("reason", change.Reason);
                break;
            case PostAudit post:
                json.WriteString("event", "post");
                json.WriteString("component", post.Component);
                json.WriteString("user", post.User);
                json.WriteString("source", post.Source);
                json.WriteString("outcome", post.Outcome);
                break;
            default:
                json.WriteString("event", "daemon");
                break;
        }
    }

    // All that JSON itself consists of is printable: what is not stands in a string, where it may be escaped.
    private static string Escaped(string json)
    {
        if (!json.Any(Printable.IsUnprintable))
        {
            return json;
        }

        StringBuilder escaped = new();
        foreach (char character in json)
        {
            if (Printable.IsUnprintable(character))
            {
                escaped.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}");
            }
            else
            {
                escaped.Append(character);
            }
        }

        return escaped.ToString();
    }

    // syslog(3): LOG_ERR, LOG_WARNING, LOG_NOTICE, LOG_INFO.
    private static int Priority(Severity severity) =>
        severity switch
        {
            Severity.Error => 3,
            Severity.Warning => 4,
            Severity.Notice => 5,
            Severity.Info => 6,
            _ => throw new ArgumentOutOfRangeException(nameof(severity), severity, "no such severity"),
        };
}
