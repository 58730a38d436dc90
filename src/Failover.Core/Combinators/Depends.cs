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

    /// <summary>What a <see cref="Depends"/> remembers.</summary>
    /// <param name="Fail">The identity of the newest fail of its task; 0 where there is none.</param>
    /// <param name="Verdict">What <c>on</c> was when it gave its first result after that probe began; null before that.</param>
    /// <param name="Evidence">The identity of the newest evidence of that verdict.</param>
    public sealed record Judgement(long Fail, HealthState? Verdict, long Evidence);

    /// <inheritdoc/>
    public override Judgement CreateState(Instant now) => new(Fail: 0, Verdict: null, Evidence: 0);

    internal override object Rebase(object state, Instant now) => CreateState(now);

    /// <inheritdoc/>
    public override Step<Judgement> Next(Judgement state, IReadOnlyList<Observation?> seen, Instant now)
    {
        if (seen[TaskSide] is not { } task)
        {
            return new(
                state,
                Observation.WithoutEvidence(Task.InitialShownState ?? HealthState.Fail, "not evaluated yet")
            );
        }

        if (task is not { State: HealthState.Fail, IsEvidence: true })
        {
            return new(CreateState(now), task);
        }

        Judgement next = state.Fail == task.Id ? state : new(task.Id, Verdict: null, Evidence: task.Id);
        Observation? on = seen[OnSide];
        if (next.Verdict is null && on is { IsEvidence: true } && on.AllEndedSince >= task.Started)
        {
            next = next with { Verdict = on.State, Evidence = Math.Max(task.Id, on.Id) };
        }

        return new(next, Show(next, task, on));
    }

    private protected override NodeExplanation Explain(
        Judgement state,
        ImmutableArray<NodeExplanation> below,
        ObservationSchedule schedule,
        Instant now
    ) =>
        new(
            state.Fail != 0 && state.Verdict is null ? $"waits for a result of {OnOption.Key}" : "",
            below[TaskSide].Flip
        );

    private static Observation Show(Judgement judged, Observation task, Observation? on) =>
        (judged.Verdict, on?.State) switch
        {
            (HealthState.Ok, HealthState.Ok) => task with
            {
                Id = judged.Evidence,
                FreshUntil = Instant.Min(task.FreshUntil, on!.FreshUntil),
            },
            (null, _) => Unknown(judged, task, "it depends on has no result since"),
            _ => Unknown(
                judged,
                task,
                $"it depends on is {(on?.State == HealthState.Ok ? judged.Verdict!.Value : on?.State ?? HealthState.Error).Word()}"
            ),
        };

    private static Observation Unknown(Judgement judged, Observation task, string why) =>
        task with
        {
            State = HealthState.Error,
            Id = judged.Evidence,
            Reason = $"what {why}; {task.Reason}",
            FreshUntil = Instant.Min(task.FreshUntil, task.EvidenceUntil),
        };
}
