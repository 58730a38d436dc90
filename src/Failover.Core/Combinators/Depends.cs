using System.Collections.Immutable;

namespace Failover;

/// <summary>Passes a fail of its task only where what the task depends on has been found ok since: the outage of a gateway, or of our own
/// link, is no failure of what is behind it.</summary>
/// <remarks>A fail passes if <c>on</c> gave its first result after that probe began, and gave ok; else it reads as an
/// <see cref="HealthState.Error"/>, which is no evidence against the target. An ok passes as it is: it has come through.</remarks>
public sealed record Depends : Combinator<Depends.Judgement>
{
    private const int TaskSide = 0;
    private const int OnSide = 1;

    /// <summary>Describes it; evaluates nothing.</summary>
    /// <param name="task">The task whose fail is in question.</param>
    /// <param name="on">What has to be ok for a fail to count.</param>
    /// <exception cref="ArgumentNullException">A task is missing.</exception>
    public Depends(HealthTask task, HealthTask on)
    {
        Task = TaskOption.Check(task);
        On = OnOption.Check(on);
    }

    private static readonly TaskOption TaskOption = new("task", "the task whose fail is in question");
    private static readonly TaskOption OnOption = new("on", "what has to be ok for a fail to count");

    /// <inheritdoc cref="Hysteresis.Kind"/>
    public static TaskKind Kind { get; } =
        new(
            "depends",
            "passes a fail of its task only where what the task depends on is ok; else it is an error",
            [TaskOption, OnOption]
        )
        {
            Make = given => new Depends((HealthTask)given[TaskSide]!, (HealthTask)given[OnSide]!),
        };

    /// <summary>The task whose fail is in question.</summary>
    public HealthTask Task { get; }

    /// <summary>What has to be ok for a fail to count.</summary>
    public HealthTask On { get; }

    /// <inheritdoc/>
    public override ImmutableArray<HealthTask> Children => [Task, On];

    /// <inheritdoc/>
    public override TimeSpan LongestTime => Task.LongestTime > On.LongestTime ? Task.LongestTime : On.LongestTime;

    /// <inheritdoc/>
    public override string Summary => $"depends({Task}, on: {On})";

    internal override TaskKind OwnKind => Kind;

    internal override ImmutableArray<object?> Values => [Task, On];

    internal override string OwnSummary => "depends";

    internal override bool PassesFirstStates => true;

    internal override HealthState? InitialShownState => Task.InitialShownState;

    internal override OkSources OkSources => Task.OkSources;

    internal override OkSources FailSources => Task.FailSources;

    internal override HealthState? LatchedValue(object state, ReadOnlySpan<HealthState?> below) => below[TaskSide];

    // An ok passes, whatever the rest is.
    internal override bool IsDecidedBy(object state, IReadOnlyList<Observation?> definite) =>
        base.IsDecidedBy(state, definite) || definite[TaskSide] is { State: HealthState.Ok };

    /// <summary>What a <see cref="Depends"/> remembers.</summary>
    /// <param name="Newest">The identity of the newest fail of its task; 0 where that is not at fail.</param>
    /// <param name="Waiting">The oldest fail that waits for a result of <c>on</c>; null where none does.</param>
    /// <param name="Decided">The newest fail that was decided; null where none was.</param>
    public sealed record Judgement(long Newest, Waiting? Waiting, Decision? Decided);

    /// <summary>A fail that is not decided yet.</summary>
    /// <param name="Id">Its identity.</param>
    /// <param name="Started">When its probe began.</param>
    public sealed record Waiting(long Id, Instant Started);

    /// <summary>A fail that is decided.</summary>
    /// <param name="On">What <c>on</c> was when it gave its first result after that probe began.</param>
    /// <param name="Evidence">The identity of the newer of the two.</param>
    /// <param name="Started">When the probe of the fail began.</param>
    public sealed record Decision(HealthState On, long Evidence, Instant Started);

    /// <inheritdoc/>
    public override Judgement CreateState(Instant now) => new(Newest: 0, Waiting: null, Decided: null);

    internal override object Rebase(object state, Instant now) => CreateState(now);

    /// <inheritdoc/>
    public override Step<Judgement> Next(Judgement state, IReadOnlyList<Observation?> seen, Instant now)
    {
        if (seen[TaskSide] is not { } task)
        {
            return new(state, Observation.NotEvaluated(Task.InitialShownState));
        }

        if (task is not { State: HealthState.Fail, IsEvidence: true })
        {
            Judgement none = CreateState(now);
            bool isUnknown =
                task.State == HealthState.Fail && seen[OnSide] is { IsEvidence: true, State: not HealthState.Ok };
            return new(none, isUnknown ? Show(none, task, seen[OnSide]) : task);
        }

        Judgement next = Decide(Wait(state, task), task, seen[OnSide]);
        return new(next, Show(next, task, seen[OnSide]));
    }

    private protected override NodeExplanation Explain(
        Judgement state,
        ImmutableArray<NodeExplanation> below,
        ObservationSchedule schedule,
        Instant now
    ) => new(state.Waiting is null ? "" : $"waits for a result of {OnOption.Key}", below[TaskSide].Flip);

    // A fail that waits already is decided first: where the task is probed more often than what it depends on, the newest never would be.
    private static Judgement Wait(Judgement state, Observation task) =>
        task.Id == state.Newest
            ? state
            : state with
            {
                Newest = task.Id,
                Waiting = state.Waiting ?? new(task.Id, task.Started),
            };

    private static Judgement Decide(Judgement state, Observation task, Observation? on)
    {
        if (state.Waiting is not { } waiting || on is not { IsEvidence: true } || on.AllEndedSince < waiting.Started)
        {
            return state;
        }

        bool isNewestDecided = on.AllEndedSince >= task.Started;
        Waiting decided = isNewestDecided ? new(task.Id, task.Started) : waiting;
        return state with
        {
            Waiting = isNewestDecided ? null : new(task.Id, task.Started),
            Decided = new(on.State, Math.Max(decided.Id, on.Id), decided.Started),
        };
    }

    private static Observation Show(Judgement judged, Observation task, Observation? on) =>
        (judged.Decided, on?.State ?? HealthState.Error) switch
        {
            ({ On: HealthState.Ok } passed, HealthState.Ok) => task with
            {
                Id = passed.Evidence,
                Started = passed.Started,
                FreshUntil = Instant.Min(task.FreshUntil, on!.FreshUntil),
            },
            (_, not HealthState.Ok and var state) => Unknown(judged, task, $"is {state.Word()}"),
            ({ On: var was }, _) when judged.Waiting is null => Unknown(judged, task, $"was {was.Word()}"),
            _ => Unknown(judged, task, "has no result since"),
        };

    private static Observation Unknown(Judgement judged, Observation task, string why) =>
        task with
        {
            State = HealthState.Error,
            Id = Math.Max(task.Id, judged.Decided?.Evidence ?? 0),
            Reason = $"what it depends on {why}; {task.Reason}",
            FreshUntil = Instant.Min(task.FreshUntil, task.EvidenceUntil),
        };
}
