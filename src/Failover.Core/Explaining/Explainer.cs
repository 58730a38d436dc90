using System.Collections.Immutable;

namespace Failover;

/// <summary>What is known of a node at run time.</summary>
/// <param name="State">What a combinator remembers; of no meaning for a check.</param>
/// <param name="Shown">What the node shows.</param>
/// <param name="NextTurn">When the next turn of a <see cref="Background"/> is due; null: an interval after its newest result
/// began.</param>
internal readonly record struct NodeView(object State, Observation Shown, Instant? NextTurn = null);

/// <summary>Explains a task: each node's state, what it rests on, and what would change it.</summary>
internal sealed class Explainer
{
    private readonly Func<HealthTask, NodeView> view;
    private readonly Instant now;
    private readonly Dictionary<HealthTask, NodeExplanation> explained = new(ReferenceEqualityComparer.Instance);

    private Explainer(Func<HealthTask, NodeView> view, Instant now)
    {
        this.view = view;
        this.now = now;
    }

    /// <summary>Explains a task and all below it. Pure: the same views at the same time give the same words.</summary>
    /// <param name="root">The task.</param>
    /// <param name="view">What is known of each node, all of one moment.</param>
    /// <param name="now">That moment.</param>
    public static Explanation Explain(HealthTask root, Func<HealthTask, NodeView> view, Instant now) =>
        new Explainer(view, now).Explain(root, "", isInCharge: true, ObservationSchedule.Unknown);

    private Explanation Explain(HealthTask task, string name, bool isInCharge, ObservationSchedule requested)
    {
        Observation shown = view(task).Shown.ReadAt(now);
        bool isRepeated = explained.ContainsKey(task) && !task.Children.IsEmpty;
        ImmutableArray<Explanation> below = isRepeated ? [] : ExplainBelow(task, isInCharge, requested);
        NodeExplanation account = AccountOf(task, requested);
        return new(
            name,
            task is Combinator combinator ? combinator.OwnSummary : task.Summary,
            shown.State,
            shown.Reason,
            isInCharge,
            account.Evidence,
            // A node that is not evaluated changes nothing.
            isInCharge ? account.Outlook : "",
            isRepeated,
            below
        )
        {
            HasWarning = shown.HasWarning,
            PerformanceData = shown.PerformanceData,
            Forecasts = isInCharge ? account.Forecasts : [],
        };
    }

    private ImmutableArray<Explanation> ExplainBelow(HealthTask task, bool isInCharge, ObservationSchedule requested)
    {
        ObservationSchedule schedule = IntervalOf(task) is { } interval
            ? new([LoopScheduleOf(task, interval)])
            : requested;
        return
        [
            .. task.Children.Select(
                (child, index) => Explain(child, task.ChildLabel(index), isInCharge && Wants(task, index), schedule)
            ),
        ];
    }

    // Children first: their parents may repeat their text.
    private NodeExplanation AccountOf(HealthTask task, ObservationSchedule requested)
    {
        if (!explained.TryGetValue(task, out NodeExplanation? account))
        {
            account = task is Combinator combinator
                ? AccountOf(combinator, [.. task.Children.Select(child => explained[child])], requested)
                : AccountOfCheck(view(task).Shown);
            explained.Add(task, account);
        }

        return account;
    }

    private NodeExplanation AccountOf(
        Combinator combinator,
        ImmutableArray<NodeExplanation> below,
        ObservationSchedule requested
    )
    {
        object state = view(combinator).State;
        HealthState?[] latched = [.. below.Select(account => account.Latched)];
        return combinator.Explain(state, below, ScheduleOf(combinator, requested), now) with
        {
            Latched = combinator.LatchedValue(state, latched),
        };
    }

    private NodeExplanation AccountOfCheck(Observation shown) =>
        new(
            shown.IsEvidence
                ? $"probed {ExplanationText.Rounded(now - shown.Ended)} ago, for {ExplanationText.Rounded(shown.Ended - shown.Started)}"
                : "not probed yet",
            Flip: ""
        );

    // Forecasts say when something is so at the earliest.
    private static TimeSpan? IntervalOf(HealthTask task) => (task as Combinator)?.Turns?.Shortest;

    private bool Wants(HealthTask task, int index) =>
        task is Combinator combinator && combinator.Evaluates(view(task).State, index);

    // Where loops below probe, each turn reevaluates the node; every other node is evaluated by the loop above
    // it or, where there is none, by whoever asks.
    private ObservationSchedule ScheduleOf(HealthTask task, ObservationSchedule requested)
    {
        if (!task.ChangesByItself || task.HasOnDemandCheck)
        {
            return requested;
        }

        HashSet<HealthTask> loops = new(ReferenceEqualityComparer.Instance);
        Collect(task, loops, new(ReferenceEqualityComparer.Instance));
        return new([.. loops.Select(loop => LoopScheduleOf(loop, IntervalOf(loop)!.Value))]);
    }

    private void Collect(HealthTask task, HashSet<HealthTask> loops, HashSet<HealthTask> visited)
    {
        if (IntervalOf(task) is not null)
        {
            loops.Add(task);
        }
        else if (visited.Add(task))
        {
            for (int index = 0; index < task.Children.Length; index++)
            {
                if (Wants(task, index))
                {
                    Collect(task.Children[index], loops, visited);
                }
            }
        }
    }

    private LoopSchedule LoopScheduleOf(HealthTask loop, TimeSpan interval)
    {
        NodeView known = view(loop);
        Instant next =
            known.NextTurn
            ?? (
                // The first turn starts at once.
                known.Shown.IsEvidence
                    ? known.Shown.Started + interval
                    : now
            );
        return new(next, interval);
    }
}
