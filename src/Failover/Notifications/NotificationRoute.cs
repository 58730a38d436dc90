using System.Collections.Immutable;

namespace Failover;

/// <summary>Which notifications go to a receiver.</summary>
/// <remarks>
/// <para>They are reported from the moment on at which they are stored, in their order for each component, and again after a restart until the
/// receiver has taken them: at least once. What it does not take is tried again for 24 h, and then given up.</para>
/// <para>The first ones go out at once. Where more than 10 would in 20 s, the others wait and go out together.</para>
/// </remarks>
public sealed record NotificationRoute
{
    /// <summary>Describes a route.</summary>
    /// <param name="name">Its name: letters, digits, - and _. Notifications that wait belong to it, also after a restart.</param>
    /// <param name="receiver">Who is notified.</param>
    /// <param name="components">The components: names, or patterns with * and ?, as <c>shop/*</c>; left out, all, and what is about none.</param>
    /// <param name="topics">What is reported.</param>
    /// <param name="severity">How urgent it is at least.</param>
    /// <param name="minimumDuration">For how long something has to be wrong before it is reported, up to 30 days; what is over sooner is not reported.
    /// Left out, at once.</param>
    /// <param name="tellsResolved">Whether it is notified when something is over.</param>
    /// <exception cref="ArgumentException">A bad name, an empty list, or a duration out of range.</exception>
    public NotificationRoute(
        string name,
        NotificationReceiver receiver,
        IEnumerable<string>? components = null,
        NotificationTopics topics = NotificationTopics.All,
        NotificationSeverity severity = NotificationSeverity.Warning,
        TimeSpan? minimumDuration = null,
        bool tellsResolved = true
    )
    {
        ArgumentNullException.ThrowIfNull(receiver);
        Name = NameOption.Check(name);
        Receiver = receiver;
        ImmutableArray<string> patterns = [.. components ?? []];
        Components =
            components is null ? null
            : patterns.IsEmpty
                ? throw new ArgumentException(
                    $"components is empty; accepted: {ComponentPattern.Accepted}",
                    nameof(components)
                )
            : new ValueList<string>(patterns);
        Topics = topics;
        Severity = SeverityOption.Check(severity);
        MinimumDuration = MinimumDurationOption.CheckIfGiven(minimumDuration);
        TellsResolved = tellsResolved;
    }

    internal static ChildNameOption NameOption { get; } = new();

    internal static ChoiceOption<NotificationSeverity> SeverityOption { get; } =
        new("severity", "how urgent it is at least", NotificationSeverity.Warning);

    internal static DurationOption MinimumDurationOption { get; } =
        new(
            "minimumDuration",
            "for how long something has to be wrong before it is reported; what is over sooner is not reported",
            FallbackText: "it is reported at once"
        );

    internal static SwitchOption TellsResolvedOption { get; } =
        new("resolved", "whether it is notified when something is over", Fallback: true);

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>Who is notified.</summary>
    public NotificationReceiver Receiver { get; }

    /// <summary>The components, by names and patterns; null: all, and what is about none.</summary>
    public IReadOnlyList<string>? Components { get; }

    /// <summary>What is reported.</summary>
    public NotificationTopics Topics { get; }

    /// <summary>How urgent it is at least.</summary>
    public NotificationSeverity Severity { get; }

    /// <summary>For how long something has to be wrong before it is reported; null: it is reported at once.</summary>
    public TimeSpan? MinimumDuration { get; }

    /// <summary>Whether it is notified when something is over.</summary>
    public bool TellsResolved { get; }

    /// <summary>As a file says it, in one line and without secrets.</summary>
    internal string Text => $"{Name} ({string.Join(", ", Parts())})";

    internal NotificationFilter Filter =>
        new(Name, (ValueList<string>?)Components, Receiver.IsLifeSign ? NotificationTopics.None : Topics, Severity);

    private IEnumerable<string> Parts()
    {
        // The one has the host, the other one all but secrets.
        yield return $"{Receiver.Summary}: {Receiver.Text}";
        if (Components is not null)
        {
            yield return $"components {string.Join(" ", Components)}";
        }

        if (Topics != NotificationTopics.All)
        {
            yield return $"topics {string.Join(" ", NotificationWords.Of(Topics))}";
        }

        yield return $"severity {NotificationWords.Of(Severity)}";
        if (MinimumDuration is { } duration)
        {
            yield return $"for {Units.Text(duration)} at least";
        }

        if (!TellsResolved)
        {
            yield return "not when it is over";
        }
    }
}
