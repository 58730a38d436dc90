namespace Failover;

/// <summary>Where a task stands, as an error says it: <c>to_fail of "mail"</c>, or <c>component "mail"</c>. The text is made where there
/// is an error, and not for each task.</summary>
/// <param name="key">The key of it, or another word; null: a component.</param>
/// <param name="owner">The name of the component or of the named task that it belongs to.</param>
internal readonly struct TaskPlace(string? key, string owner)
{
    private const string Component = "component";

    /// <summary>A component itself.</summary>
    public static TaskPlace OfComponent(string name) => new(key: null, name);

    /// <summary>A task under <c>tasks</c>.</summary>
    public static TaskPlace OfNamed(string name) => new("", name);

    public override string ToString() =>
        key switch
        {
            null => $"{Component} {Printable.Quoted(owner)}",
            "" => $"task {Printable.Quoted(owner)}",
            _ => $"{key} of {Printable.Quoted(owner)}",
        };
}
