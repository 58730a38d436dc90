using System.Collections;
using Microsoft.Extensions.Logging;

namespace Failover;

/// <summary>An entry on its way through <see cref="ILogger"/>: its fields by name, for whoever collects those.</summary>
internal readonly struct LogState(LogEntry entry) : IReadOnlyList<KeyValuePair<string, object?>>
{
    // The name under which Microsoft.Extensions.Logging hands on the template of a message.
    private const string Template = "{OriginalFormat}";

    public LogEntry Entry { get; } = entry;

    public int Count => Fields.Length;

    public KeyValuePair<string, object?> this[int index] => Fields[index];

    private KeyValuePair<string, object?>[] Fields =>
        Entry.Event switch
        {
            StateChange change =>
            [
                new("Component", change.Component),
                new("From", change.From.Word()),
                new("To", change.To.Word()),
                new("Reason", change.Reason),
                new(Template, "/{Component} {From} -> {To}: {Reason}"),
            ],
            PostAudit post =>
            [
                new("Component", post.Component),
                new("User", post.User),
                new("Source", post.Source),
                new("Outcome", post.Outcome),
                new(Template, "/{Component} POST by {User} from {Source}: {Outcome}"),
            ],
            GuardChange guard =>
            [
                new("Guard", guard.Guard),
                new("Step", GuardText.Word(guard.Step)),
                new("Failing", guard.Failing),
                new("Members", guard.Members),
                new("Text", EventLog.Text(guard)),
                new(Template, "{Text}"),
            ],
            OverrideChange change =>
            [
                new("Component", change.Override.Component),
                new("Step", OverrideText.Word(change.Step)),
                new("User", change.By),
                new("Reason", change.Override.Reason),
                new("Text", EventLog.Text(change)),
                new(Template, "/{Component} {Text}"),
            ],
            MaintenanceChange change =>
            [
                new("Maintenance", change.Window.Name),
                new("Step", MaintenanceText.Word(change.Step)),
                new("Component", change.Component),
                new("Text", ToString()),
                new(Template, "{Text}"),
            ],
            _ => [new("Text", ToString()), new(Template, "{Text}")],
        };

    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator() => Fields.AsEnumerable().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public override string ToString() => EventLog.Message(Entry, "\n  ");
}
