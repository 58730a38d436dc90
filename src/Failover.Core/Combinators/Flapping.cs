using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;

namespace Failover;

/// <summary>Holds its state while the task changes too often, and takes over the task's when that has settled.</summary>
/// <remarks>Icinga 2's rule: of the last 20 observations, each that differs from the one before weighs 0.80 (the oldest) to 1.18 (the
/// newest), and the sum is a percentage of 20. Over <see cref="ThresholdHigh"/> the task flaps; at <see cref="ThresholdLow"/> or under
/// it no longer does, and what it shows then is shown. An <see cref="HealthState.Error"/> is no change, and shows.</remarks>
public sealed record Flapping : Combinator<Flapping.History>
{
    private const int Remembered = 20;

    // In hundredths: the sums are exact, and so is whether a threshold is exceeded.
    private const int OldestWeight = 80;
    private const int WeightStep = 2;
    private const uint Mask = (1u << Remembered) - 1;

    /// <summary>Describes the judgement; evaluates nothing.</summary>
    /// <param name="task">The task whose changes are watched.</param>
    /// <param name="thresholdHigh">The percentage of changes over which it flaps, exceeded and not reached.</param>
    /// <param name="thresholdLow">The percentage down to which it still flaps; reached, it no longer does. Up to
    /// <paramref name="thresholdHigh"/>.</param>
    /// <exception cref="ArgumentException">No task, a percentage out of range, or a low one over the high one.</exception>
    public Flapping(HealthTask task, double thresholdHigh = 30, double thresholdLow = 25)
    {
        Task = TaskOption.Check(task);
        ThresholdHigh = HighOption.Check(thresholdHigh);
        ThresholdLow = LowOption.Check(thresholdLow);
        if (ThresholdLow > ThresholdHigh)
        {
            throw new ArgumentOutOfRangeException(
                nameof(thresholdLow),
                thresholdLow,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{LowOption.Name} is {thresholdLow}, over {HighOption.Name}, {thresholdHigh}; accepted: up to {thresholdHigh}"
                )
            );
        }
    }

    private static readonly TaskOption TaskOption = new("task", "the task whose changes are watched");
    private static readonly PercentOption HighOption = new(
        "thresholdHigh",
        "the percentage of changes over which it flaps",
        "30"
    );
    private static readonly PercentOption LowOption = new(
        "thresholdLow",
        "the percentage of changes down to which it flaps",
        "25"
    );

    /// <inheritdoc cref="Hysteresis.Kind"/>
    public static TaskKind Kind { get; } =
        new("flapping", "holds its state while the task changes too often", [TaskOption, HighOption, LowOption])
        {
            Make = given => new Flapping((HealthTask)given[0]!, (double?)given[1] ?? 30, (double?)given[2] ?? 25),
        };

    /// <summary>The task whose changes are watched.</summary>
    public HealthTask Task { get; }

    /// <summary>The percentage of changes over which it flaps.</summary>
    public double ThresholdHigh { get; }

    /// <summary>The percentage of changes down to which it flaps.</summary>
    public double ThresholdLow { get; }

    /// <inheritdoc/>
    public override ImmutableArray<HealthTask> Children => [Task];

    /// <inheritdoc/>
    public override TimeSpan LongestTime => Task.LongestTime;

    /// <inheritdoc/>
    public override string Summary => $"flapping({Task})";

    internal override TaskKind OwnKind => Kind;

    internal override ImmutableArray<object?> Values => [Task, ThresholdHigh, ThresholdLow];

    internal override string OwnSummary =>
        string.Create(CultureInfo.InvariantCulture, $"flapping(over {ThresholdHigh}%, until {ThresholdLow}%)");

    internal override HealthTask StatelessEquivalent => Task;

    internal override bool PassesFirstStates => true;

    internal override HealthState? InitialShownState => Task.InitialShownState;

    internal override OkSources OkSources => Task.OkSources;

    internal override OkSources FailSources => Task.FailSources;

    /// <summary>What a <see cref="Flapping"/> remembers.</summary>
    /// <param name="State">The state that is shown: ok or fail; null before the first observation.</param>
    /// <param name="Newest">The newest definite state of the task; null before the first.</param>
    /// <param name="Changes">Which of the last observations differed from the one before: the lowest bit is the newest.</param>
    /// <param name="IsFlapping">Whether it flaps.</param>
    /// <param name="Since">Evidence from before this moment does not count.</param>
    /// <param name="LastSeen">The identity of the newest observation that was counted.</param>
    public sealed record History(
        HealthState? State,
        HealthState? Newest,
        uint Changes,
        bool IsFlapping,
        Instant Since,
        long LastSeen
    );

    /// <summary>How much the task changes: 0 for never, 99 for each time.</summary>
    public static double PercentOf(History state)
    {
        int sum = 0;
        for (uint rest = state.Changes; rest != 0; rest &= rest - 1)
        {
            int age = BitOperations.TrailingZeroCount(rest);
            sum += OldestWeight + (WeightStep * (Remembered - 1 - age));
        }

        return (double)sum / Remembered;
    }

    /// <inheritdoc/>
    public override History CreateState(Instant now) =>
        new(State: null, Newest: null, Changes: 0, IsFlapping: false, Since: now, LastSeen: 0);

    /// <summary>Forgets what it has seen; shows the state of the toggle until there is more.</summary>
    /// <inheritdoc/>
    public override History Restart(History state, HealthState standing, Instant now) =>
        CreateState(now) with
        {
            State = standing,
            LastSeen = state.LastSeen,
        };

    internal override object CreateStateShowing(HealthState standing, Instant now) =>
        CreateState(now) with
        {
            State = standing,
        };

    internal override object Rebase(object state, Instant now)
    {
        History before = (History)state;
        return CreateState(now) with { State = before.State, LastSeen = before.LastSeen };
    }

    private protected override PersistedState? ToPersistedState(History state) =>
        state.State is { } shown ? PersistedState.Of(shown) : null;

    private protected override History Restore(PersistedState persisted, TimeSpan age, Instant now) =>
        CreateState(now) with
        {
            State = persisted.State,
        };

    /// <inheritdoc/>
    public override Step<History> Next(History state, IReadOnlyList<Observation?> seen, Instant now)
    {
        if (seen[0] is not { IsEvidence: true } shown || shown.Started < state.Since)
        {
            return new(state, HeldState.WithoutEvidence(state.State, Task, seen[0]));
        }

        History next = shown.Id <= state.LastSeen ? state : Count(state, shown);
        return new(next, Show(next, shown));
    }

    private protected override NodeExplanation Explain(
        History state,
        ImmutableArray<NodeExplanation> below,
        ObservationSchedule schedule,
        Instant now
    ) =>
        new(
            string.Create(CultureInfo.InvariantCulture, $"{PercentOf(state):0.#}% changes"),
            state.IsFlapping
                ? string.Create(
                    CultureInfo.InvariantCulture,
                    $"{state.State!.Value.Word()} until {ThresholdLow}% or less"
                )
                : below[0].Flip
        );

    private History Count(History state, Observation seen)
    {
        if (seen.State == HealthState.Error)
        {
            return state with { LastSeen = seen.Id };
        }

        bool isChange = state.Newest is { } before && before != seen.State;
        History next = state with
        {
            Newest = seen.State,
            Changes = ((state.Changes << 1) | (isChange ? 1u : 0u)) & Mask,
            LastSeen = seen.Id,
        };
        bool isFlapping = PercentOf(next) > (state.IsFlapping ? ThresholdLow : ThresholdHigh);
        return next with { IsFlapping = isFlapping, State = isFlapping ? state.State ?? seen.State : seen.State };
    }

    private static Observation Show(History state, Observation seen)
    {
        if (seen.State == HealthState.Error || state.State is not { } shown || shown == seen.State)
        {
            return seen;
        }

        string why = seen.Reason.Length > 0 ? $": {seen.Reason}" : "";
        string held = string.Create(
            CultureInfo.InvariantCulture,
            $"held while flapping, {PercentOf(state):0.#}% changes"
        );
        return HeldState.Instead(seen, shown, $"{held}; {seen.State.Word()}{why}");
    }
}
