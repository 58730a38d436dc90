namespace Failover;

/// <summary>One evaluation of a component by the real checks, from its initial state, without a server and without a store.</summary>
internal sealed class SingleEvaluation : IAsyncDisposable
{
    private readonly HealthEngine engine;
    private readonly Component component;
    private readonly Dictionary<NodeRunner, Task> evaluated = [];

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

    /// <summary>What the checks have seen, from left to right; those that nobody wanted to know of are left out.</summary>
    public IEnumerable<(HealthTask Task, Observation Seen)> Checks =>
        evaluated
            .Keys.OrderBy(node => node.Order)
            .Where(node => node is { Description: Check, Newest.IsEvidence: true })
            .Select(node => (node.Description, node.Newest));

    /// <summary>Takes one turn of each background loop and then evaluates the whole.</summary>
    public async Task<Observation> RunAsync()
    {
        await RunLoopsAsync(component.Root);
        return await component.AnswerAsync();
    }

    public ValueTask DisposeAsync() => engine.DisposeAsync();

    // Those further down first: a loop reads what the loops below it have seen.
    private Task RunLoopsAsync(NodeRunner node)
    {
        if (!evaluated.TryGetValue(node, out Task? known))
        {
            known = RunAsync(node);
            evaluated[node] = known;
        }

        return known;

        async Task RunAsync(NodeRunner loop)
        {
            await Task.WhenAll([.. loop.Children.Select(RunLoopsAsync)]);
            if (loop.Description is Background)
            {
                await engine.RunLoopAsync(loop);
            }
        }
    }
}
