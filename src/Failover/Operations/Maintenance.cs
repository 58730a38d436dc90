namespace Failover;

/// <summary>A scheduled maintenance: while one of its windows is open, its components are marked as in maintenance, and serve what it
/// says.</summary>
/// <remarks>
/// <para>Windows follow the wall clock, also one that is set. Where the clocks of the time zone are put forward, a window whose beginning is
/// skipped opens at the first moment after; where they are put back, one that would begin twice begins the first time. An expression
/// with <c>*</c>, <c>/</c> or <c>-</c> in its hour or minute means real time instead: it begins in both of the hours that are alike, and
/// in none that is skipped. A window lasts as long as its duration in real time.</para>
/// <para>An override of a person comes before a window, and so does a latch: what is held yields to one that begins while the window is
/// open, for the rest of it.</para>
/// </remarks>
public sealed record Maintenance
{
    /// <summary>Describes a maintenance.</summary>
    /// <param name="name">Its name: letters, digits, - and _.</param>
    /// <param name="duration">How long a window is open, from 1 ms to 30 days; with <paramref name="cron"/> less than the time from one
    /// beginning to the next.</param>
    /// <param name="cron">When windows open: minute, hour, day of the month, month and day of the week, as <c>0 3 * * 0</c>.</param>
    /// <param name="start">When the only window opens, as the clocks of the time zone show it, to the second. Either this or
    /// <paramref name="cron"/>.</param>
    /// <param name="timeZone">By whose clocks, by its IANA name, as <c>Europe/Berlin</c>; UTC where it is left out.</param>
    /// <param name="components">The components: names, or patterns with * and ?, as <c>shop/*</c>; all where it is left out.</param>
    /// <param name="state">What they serve meanwhile.</param>
    /// <param name="reason">Why, for people.</param>
    /// <exception cref="ArgumentException">A bad name, duration, expression or zone, a start with a zone of its own, an empty list of components,
    /// both <paramref name="cron"/> and <paramref name="start"/> or neither, or windows that would overlap.</exception>
    public Maintenance(
        string name,
        TimeSpan duration,
        string? cron = null,
        DateTime? start = null,
        string? timeZone = null,
        IEnumerable<string>? components = null,
        MaintenanceState state = MaintenanceState.Judged,
        string? reason = null
    )
    {
        Name = NameOption.Check(name);
        Duration = DurationOption.Check(duration);
        Cron = CronOption.Check(cron);
        Start = StartOption.Check(start);
        TimeZone = TimeZoneOption.Check(timeZone);
        Components = components is null ? null : CheckComponents([.. components]);
        State = StateOption.Check(state);
        Reason = reason ?? "";
        if (Cron is null == Start is null)
        {
            throw new ArgumentException(
                $"the maintenance {Printable.Quoted(name)} has {(Cron is null ? "neither" : "both")} cron and start; accepted: exactly one of the two",
                nameof(cron)
            );
        }

        if (Cron is not null && MaintenanceTimes.GapWithin(Duration, Cron, TimeZone) is { } gap)
        {
            throw new ArgumentOutOfRangeException(
                nameof(duration),
                duration,
                $"duration is {Units.Text(duration)}, and a window opens {Units.Text(gap)} after another; accepted: less than that"
            );
        }
    }

    private const string OneOfTwo = "none; exactly one of cron and start is required";

    internal static ChildNameOption NameOption { get; } = new();

    internal static DurationOption DurationOption { get; } =
        new("duration", "how long a window is open; less than the time from one beginning to the next");

    internal static CronOption CronOption { get; } = new("cron", "when windows open, again and again", OneOfTwo);

    internal static LocalTimeOption StartOption { get; } =
        new("start", "when the only window opens, by the clocks of time_zone", OneOfTwo);

    internal static TimeZoneOption TimeZoneOption { get; } =
        new("timeZone", "by whose clocks; a window lasts its duration whatever they do meanwhile");

    internal static ChoiceOption<MaintenanceState> StateOption { get; } =
        new(
            "state",
            "what the components serve while a window is open: as they are judged; their last definite state of when it opened; or fail",
            MaintenanceState.Judged
        );

    internal static TextOption ReasonOption { get; } = new("reason", "why, for people", "none");

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>How long a window is open.</summary>
    public TimeSpan Duration { get; }

    /// <summary>When windows open; null where <see cref="Start"/> says it.</summary>
    public string? Cron { get; }

    /// <summary>When the only window opens, by the clocks of <see cref="TimeZone"/>; null where <see cref="Cron"/> says it.</summary>
    public DateTime? Start { get; }

    /// <summary>By whose clocks.</summary>
    public string TimeZone { get; }

    /// <summary>The components, by names and patterns; null: all.</summary>
    public IReadOnlyList<string>? Components { get; }

    /// <summary>What they serve while a window is open.</summary>
    public MaintenanceState State { get; }

    /// <summary>Why. May be empty.</summary>
    public string Reason { get; }

    /// <summary>As a file says it, in one line.</summary>
    internal string Text => $"{Name} ({string.Join(", ", Parts())})";

    /// <summary>The window that opens at a moment.</summary>
    internal MaintenanceWindow WindowFrom(DateTimeOffset at) =>
        new(Name, State, Reason, at, at + Duration, (ValueList<string>?)Components);

    private static ValueList<string> CheckComponents(string[] components) =>
        components.Length > 0 && !components.Any(string.IsNullOrEmpty)
            ? new ValueList<string>(components)
            : throw new ArgumentException(
                $"components is {(components.Length == 0 ? "an empty list" : "a list with an empty text")}; accepted: {ComponentPattern.Accepted}, or none for all",
                nameof(components)
            );

    private IEnumerable<string> Parts()
    {
        yield return Cron is null ? $"start {StartOption.Text(Start!)}" : $"cron {CronOption.Text(Cron)}";
        yield return $"duration {DurationOption.Text(Duration)}";
        yield return $"time_zone {TimeZone}";
        yield return $"state {StateOption.Text(State)}";
        if (Components is not null)
        {
            yield return $"components {string.Join(' ', Components.Select(EscapedText.Of))}";
        }

        if (Reason.Length > 0)
        {
            yield return $"reason {ReasonOption.Text(Reason)}";
        }
    }
}
