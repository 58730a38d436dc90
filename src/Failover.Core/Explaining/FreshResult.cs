using System.Collections.Immutable;

namespace Failover;

/// <summary>The result of a task by the newest results of its checks alone: logic is applied, and what remembers earlier results
/// (hysteresis, background, toggle) is passed through.</summary>
internal static class FreshResult
{
    /// <summary>The checks on which it rests, from left to right.</summary>
    public static IReadOnlyCollection<HealthTask> ChecksOf(HealthTask root) => ChecksOf(root, static _ => true);

    private static List<HealthTask> ChecksOf(HealthTask root, Func<HealthTask, bool> isWanted)
    {
        HashSet<HealthTask> visited = new(ReferenceEqualityComparer.Instance);
        List<HealthTask> checks = [];
        Add(root);
        return checks;

        void Add(HealthTask task)
        {
            if (!isWanted(task) || !visited.Add(task))
            {
                return;
            }

            switch (task)
            {
                case Combinator { StatelessEquivalent: { } below }:
                    Add(below);
                    break;
                case Combinator { IsObserver: false } logic:
                    foreach (HealthTask child in logic.Children)
                    {
                        Add(child);
                    }

                    break;
                default:
                    checks.Add(task);
                    break;
            }
        }
    }

    /// <summary>The result.</summary>
    /// <param name="task">The task.</param>
    /// <param name="observed">What a check observed; null where it has not been probed.</param>
    /// <param name="now">The time.</param>
    /// <returns>Null where a check on which it rests has not been probed.</returns>
    public static Observation? Of(HealthTask task, Func<HealthTask, Observation?> observed, Instant now)
    {
        switch (task)
        {
            case Combinator { StatelessEquivalent: { } below }:
                return Of(below, observed, now);
            case Combinator { IsObserver: false } logic:
                object state = logic.CreateUntypedState(now);
                ImmutableArray<bool> wanted = [.. logic.Children.Select((_, index) => logic.Evaluates(state, index))];
                Observation?[] seen =
                [
                    .. logic.Children.Select((child, index) => wanted[index] ? Of(child, observed, now) : null),
                ];
                return wanted.Zip(seen).Any(pair => pair is { First: true, Second: null }) ? null
                    : IsLate(logic, observed) ? logic.TimedOut
                    : logic.Judge(state, seen, now).Observation;
            default:
                return observed(task);
        }
    }

    // Tasks are evaluated side by side: as long as the slowest of their checks takes.
    private static bool IsLate(Combinator combinator, Func<HealthTask, Observation?> observed) =>
        combinator.EvaluationLimit is { } limit
        && ChecksOf(combinator.Children[0], static task => task.HasOnDemandCheck)
            .Any(check => observed(check) is { } seen && seen.Ended - seen.Started >= limit);
}
