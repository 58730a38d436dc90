using System.Collections.Immutable;

namespace Failover;

/// <summary>A combinator with an option of each type that holds several values.</summary>
internal sealed record SampleAll : Combinator<SampleAll.Nothing>
{
    private static readonly TaskListOption TasksOption = new("tasks", "what is asked");
    private static readonly ListOption<TimeSpan> DelaysOption = new(
        "delays",
        "how long is waited before each",
        new DurationOption("delay", "how long is waited"),
        "no delay"
    );
    private static readonly MapOption<HealthState> StartsOption = new(
        "startsAt",
        "where each day begins",
        new DayOption(),
        new StateOption("state", "where it begins", "ok"),
        "ok on all days"
    );

    private readonly TaskList tasks;
    private readonly ValueList<TimeSpan>? delays;
    private readonly ValueList<KeyValuePair<string, HealthState>>? starts;

    public SampleAll(
        IEnumerable<HealthTask>? tasks,
        IEnumerable<TimeSpan>? delays = null,
        IEnumerable<KeyValuePair<string, HealthState>>? startsAt = null
    )
    {
        this.tasks = TasksOption.Check(tasks);
        this.delays = DelaysOption.Check(delays);
        starts = StartsOption.Check(startsAt);
    }

    public static TaskKind Kind { get; } =
        new("sample_all", "asks all of its tasks", [TasksOption, DelaysOption, StartsOption])
        {
            Make = given => new SampleAll(
                (TaskList)given[0]!,
                (ValueList<TimeSpan>?)given[1],
                (ValueList<KeyValuePair<string, HealthState>>?)given[2]
            ),
        };

    public override ImmutableArray<HealthTask> Children => [.. tasks];

    public override TimeSpan LongestTime => tasks.Max(task => task.LongestTime);

    public override string Summary => "sample";

    internal override TaskKind OwnKind => Kind;

    internal override ImmutableArray<object?> Values => [tasks, delays, starts];

    internal override OkSources OkSources => OkSources.Evidence;

    public sealed record Nothing;

    public override Nothing CreateState(Instant now) => new();

    public override Step<Nothing> Next(Nothing state, IReadOnlyList<Observation?> seen, Instant now) =>
        new(state, seen.FirstOrDefault(one => one?.State != HealthState.Ok) ?? Observation.Ok());

    private protected override NodeExplanation Explain(
        Nothing state,
        ImmutableArray<NodeExplanation> below,
        ObservationSchedule schedule,
        Instant now
    ) => new("", "");

    /// <summary>A key that is one of two words.</summary>
    private sealed record DayOption() : ScalarOption("day", "a day")
    {
        public override string Accepted => "monday or sunday";

        public override string? Default => null;

        internal override Parsed Parse(string text) => Parsed.OneOf(text, [("monday", "monday"), ("sunday", "sunday")]);

        internal override string Text(object value) => (string)value;
    }
}
