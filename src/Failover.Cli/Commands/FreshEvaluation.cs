namespace Failover;

/// <summary>Probes every check of a task once and gives its <see cref="FreshResult"/>, without a server and without a store.</summary>
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
        // One component for each check: the engine probes them side by side, each within its own deadline.
        components = engine.Replace(
            [.. FreshResult.ChecksOf(root).Select((check, index) => new ComponentDescription($"check-{index}", check))],
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
        Instant started = engine.Clock.Now;
        Snapshot[] shown = await Task.WhenAll(components.Select(component => component.AnswerAsync().AsTask()));
        foreach ((Component component, Snapshot snapshot) in components.Zip(shown))
        {
            seen[component.Description.Task] = engine.ChecksOf(component) is [(_, var observation)]
                // They begin together: of two that depend on each other, none is older.
                ? observation with
                {
                    Started = started,
                }
                : Observation.Error(snapshot.Reason);
        }

        return FreshResult.Of(root, task => seen[task], engine.Clock.Now)!;
    }

    public ValueTask DisposeAsync() => engine.DisposeAsync();
}
