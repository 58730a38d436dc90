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
    private readonly Dictionary<HealthTask, Account> explained = new(ReferenceEqualityComparer.Instance);

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
        new Explainer(view, now).Explain(root, "", isInCharge: true, Pace.Unknown);

    private Explanation Explain(HealthTask task, string name, bool isInCharge, Pace asked)
    {
        Observation shown = view(task).Shown.ReadAt(now);
        bool isRepeated = explained.ContainsKey(task) && !task.Children.IsEmpty;
        ImmutableArray<Explanation> below = isRepeated ? [] : ExplainBelow(task, isInCharge, asked);
        Account account = AccountOf(task, asked);
        return new(
            name,
            task is Combinator combinator ? combinator.OwnSummary : task.Summary,
            shown.State,
            shown.Reason,
            isInCharge,
            account.Evidence,
            // What nobody asks for changes nothing.
            isInCharge ? account.Outlook : "",
            isRepeated,
            below
        );
    }

    private ImmutableArray<Explanation> ExplainBelow(HealthTask task, bool isInCharge, Pace asked)
    {
        Pace pace = IntervalOf(task) is { } interval ? new([BeatOf(task, interval)]) : asked;
        return
        [
            .. task.Children.Select(
                (child, index) => Explain(child, task.ChildName(index), isInCharge && Wants(task, index), pace)
            ),
        ];
    }

    // Children first: what stands above may repeat what they say.
    private Account AccountOf(HealthTask task, Pace asked)
    {
        if (!explained.TryGetValue(task, out Account? account))
        {
            account = task is Combinator combinator
                ? AccountOf(combinator, [.. task.Children.Select(child => explained[child])], asked)
                : AccountOfCheck(view(task).Shown);
            explained.Add(task, account);
        }

        return account;
    }

    private Account AccountOf(Combinator combinator, ImmutableArray<Account> below, Pace asked)
    {
        object state = view(combinator).State;
        HealthState?[] latched =
        [
            .. below.Select(account => account.IsLatched ? HealthState.Fail : (HealthState?)null),
        ];
        return combinator.Explain(state, below, PaceOf(combinator, asked), now) with
        {
            IsLatched = combinator.LatchedValue(state, latched) == HealthState.Fail,
        };
    }

    private Account AccountOfCheck(Observation shown) =>
        new(
            shown.IsEvidence
                ? $"looked {Wording.Rough(now - shown.Ended)} ago, for {Wording.Rough(shown.Ended - shown.Started)}"
                : "not looked yet",
            Flip: ""
        );

    private static TimeSpan? IntervalOf(HealthTask task) => (task as Combinator)?.TurnInterval;

    private bool Wants(HealthTask task, int index) =>
        task is Combinator combinator && combinator.Wants(view(task).State, index);

    // Where loops below look at the world, their turns have a node judged again; every other node is evaluated by the loop above
    // it or, where there is none, by whoever asks.
    private Pace PaceOf(HealthTask task, Pace asked)
    {
        if (!task.HasBackground || task.HasOnDemandCheck)
        {
            return asked;
        }

        HashSet<HealthTask> loops = new(ReferenceEqualityComparer.Instance);
        Collect(task, loops, new(ReferenceEqualityComparer.Instance));
        return new([.. loops.Select(loop => BeatOf(loop, IntervalOf(loop)!.Value))]);
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

    private Beat BeatOf(HealthTask loop, TimeSpan interval)
    {
        NodeView known = view(loop);
        Instant next =
            known.NextTurn
            ?? (
                // The first turn is taken at once.
                known.Shown.IsEvidence
                    ? known.Shown.Started + interval
                    : now
            );
        return new(next, interval);
    }
}
