namespace Failover;

/// <summary>One evaluation of a component by the real checks, from its initial state, without a server and without a store.</summary>
internal sealed class SingleEvaluation : IAsyncDisposable
{
    private readonly HealthEngine engine;
    private readonly Component component;

    /// <param name="description">What is evaluated.</param>
    /// <param name="names">The names of tasks that have one of their own.</param>
    /// <param name="time">The clock.</param>
    public SingleEvaluation(
        ComponentDescription description,
        IReadOnlyDictionary<HealthTask, string> names,
        TimeProvider time
    )
    {
        engine = new(time);
        component = engine.Replace([description], names).Single();
    }

    /// <summary>What the checks have seen, from left to right; those that were not probed are left out.</summary>
    public IEnumerable<(HealthTask Task, Observation Seen)> Checks => engine.ChecksOf(component);

    /// <summary>Takes the first turn of each background loop and then evaluates the whole.</summary>
    public async Task<Snapshot> RunAsync()
    {
        engine.Start();
        await engine.WhenIdleAsync();
        return await component.AnswerAsync();
    }

    public ValueTask DisposeAsync() => engine.DisposeAsync();
}
