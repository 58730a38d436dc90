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
    /// <param name="name">One of <see cref="Names"/>; null: for the journal where it takes the output, else for people.</param>
    /// <param name="isJournal">Whether the journal takes the output.</param>
    public static LineFormat Of(string? name, bool isJournal) =>
        name switch
        {
            Text => EventLog.ForPeople,
            Json => ToJson,
            Journald => ToJournal,
            null => isJournal ? ToJournal : EventLog.ForPeople,
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
            WriteKind(json, entry);
            json.WriteString("message", EventLog.Message(entry, "\n"));
            json.WriteEndObject();
        }

        // All that JSON itself consists of is printable: what is not is in a string, where it may be escaped.
        string text = Encoding.UTF8.GetString(bytes.GetBuffer().AsSpan(0, (int)bytes.Length));
        return Printable.Escape(text, int.MaxValue);
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
            case GuardChange guard:
                json.WriteString("event", "guard");
                json.WriteString("guard", guard.Guard);
                json.WriteString("step", GuardText.Word(guard.Step));
                json.WriteNumber("failing", guard.Failing);
                json.WriteNumber("members", guard.Members);
                break;
            case OverrideChange { Override: var one } changed:
                json.WriteString("event", "override");
                json.WriteString("component", one.Component);
                json.WriteString("step", OverrideText.Word(changed.Step));
                json.WriteString("user", changed.By);
                json.WriteString("reason", one.Reason);
                break;
            case MaintenanceChange maintained:
                json.WriteString("event", "maintenance");
                json.WriteString("maintenance", maintained.Window.Name);
                json.WriteString("step", MaintenanceText.Word(maintained.Step));
                if (maintained.Component is { } component)
                {
                    json.WriteString("component", component);
                }

                break;
            default:
                json.WriteString("event", "daemon");
                break;
        }
    }

    private static void WriteKind(Utf8JsonWriter json, LogEntry entry)
    {
        if (entry.Category is not null)
        {
            json.WriteString("category", entry.Category);
        }

        json.WriteNumber("id", entry.Id.Id);
        json.WriteString("name", entry.Id.Name);
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
