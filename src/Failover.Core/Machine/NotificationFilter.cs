namespace Failover;

/// <summary>Which notifications a route delivers.</summary>
/// <param name="Route">Its name.</param>
/// <param name="Components">The components, or patterns; null: all of them, and what is about none.</param>
/// <param name="Topics">What they are about.</param>
/// <param name="Least">How urgent they are at least.</param>
internal sealed record NotificationFilter(
    string Route,
    ValueList<string>? Components,
    NotificationTopics Topics,
    NotificationSeverity Least
)
{
    /// <summary>Whether something is to be reported.</summary>
    /// <param name="topic">What it is about.</param>
    /// <param name="severity">How urgent it is.</param>
    /// <param name="components">The components that it concerns; empty where it concerns none.</param>
    public bool Takes(NotificationTopics topic, NotificationSeverity severity, IEnumerable<string> components) =>
        (Topics & topic) != NotificationTopics.None
        && severity >= Least
        && (
            Components is null
            || components.Any(component => Components.Any(pattern => ComponentPattern.Matches(pattern, component)))
        );
}
