namespace Failover;

/// <summary>Probes every check of a task once and applies its logic to the results, without a server and without a store. What
/// remembers earlier results (hysteresis, background, toggle) is passed through: the result is that of the task below it, of a
/// toggle that of <c>to_fail</c>.</summary>
internal sealed class FreshEvaluation : IAsyncDisposable
{
    private readonly HealthTask root;
    private readonly HealthEngine engine;
    private readonly IReadOnlyList<Component> components;
    private readonly Dictionary<HealthTask, Observation> seen = new(ReferenceEqualityComparer.Instance);

    /// <param name="root">What is evaluated.</param>
    /// <param name="time">The clock.</param>
    public FreshEvaluation(HealthTask root, TimeProvider time)
    {
        this.root = root;
        engine = new(time);
        HashSet<HealthTask> checks = new(ReferenceEqualityComparer.Instance);
        AddChecks(root, checks);
        // One component for each check: the engine probes them side by side, each within its own deadline.
        components = engine.Replace(
            [.. checks.Select((check, index) => new ComponentDescription($"check-{index}", check))],
            Graph.NoNames
        );
    }

    /// <summary>What each check observed, from left to right.</summary>
    public IEnumerable<(HealthTask Task, Observation Seen)> Checks =>
        components.Select(component => (component.Description.Task, seen[component.Description.Task]));

    /// <summary>Probes, and applies the logic to the results.</summary>
    public async Task<Observation> RunAsync()
    {
        engine.Start();
        Snapshot[] shown = await Task.WhenAll(components.Select(component => component.AnswerAsync().AsTask()));
        foreach ((Component component, Snapshot snapshot) in components.Zip(shown))
        {
            seen[component.Description.Task] = engine.ChecksOf(component) is [(_, var observation)]
                ? observation
                : Observation.Error(snapshot.Reason);
        }

        return Evaluate(root, engine.Clock.Now);
    }

    public ValueTask DisposeAsync() => engine.DisposeAsync();

    private static void AddChecks(HealthTask task, HashSet<HealthTask> checks)
    {
        switch (task)
        {
            case Combinator { WithoutMemory: { } below }:
                AddChecks(below, checks);
                break;
            case Combinator logic:
                foreach (HealthTask child in logic.Children)
                {
                    AddChecks(child, checks);
                }

                break;
            default:
                checks.Add(task);
                break;
        }
    }

    private Observation Evaluate(HealthTask task, Instant now)
    {
        switch (task)
        {
            case Combinator { WithoutMemory: { } below }:
                return Evaluate(below, now);
            case Combinator logic:
                object state = logic.BeginAt(now);
                return logic
                    .Judge(
                        state,
                        [
                            .. logic.Children.Select(
                                (child, index) => logic.Wants(state, index) ? Evaluate(child, now) : null
                            ),
                        ],
                        now
                    )
                    .Observation;
            default:
                return seen[task];
        }
    }
}
