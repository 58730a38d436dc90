namespace Failover;

/// <summary>An engine on a clock that stands until a test moves it.</summary>
/// <param name="store">Where it keeps what outlives it; left out, nowhere.</param>
/// <param name="history">What it notes for people; left out, nothing.</param>
internal sealed class EngineUnderTest(IStateStore? store = null, EngineHistory? history = null) : IAsyncDisposable
{
    public ManualTime Time { get; } = new();

    public HealthEngine Engine => field ??= new HealthEngine(Time, store, history: history);

    public Component Add(
        HealthTask task,
        TimeSpan? responseDeadline = null,
        string? name = null,
        Oneshot? onPost = null
    ) => Engine.Add(new(name ?? $"component-{Engine.Components.Count}", task, onPost?.Fire, responseDeadline));

    /// <summary>Starts the engine and waits for the first turns of its loops.</summary>
    public async Task StartAsync()
    {
        Engine.Start();
        await Engine.WhenIdleAsync();
    }

    /// <summary>Moves the clock on in steps, waiting at each until nothing runs.</summary>
    public async Task AdvanceAsync(TimeSpan by, TimeSpan? step = null)
    {
        TimeSpan stride = step ?? by;
        for (TimeSpan gone = TimeSpan.Zero; gone < by; gone += stride)
        {
            Time.Advance(stride);
            await Engine.WhenIdleAsync();
        }
    }

    /// <summary>Serves other components instead, without POST actions.</summary>
    public void Replace(params (string Name, HealthTask Task)[] components) => Replace(Graph.NoNames, components);

    /// <summary>Serves other components instead, some of whose tasks have names of their own.</summary>
    public void Replace(
        IReadOnlyDictionary<HealthTask, string> names,
        params (string Name, HealthTask Task)[] components
    ) =>
        Engine.Replace(components.Select(component => new ComponentDescription(component.Name, component.Task)), names);

    /// <summary>Serves one component instead: <c>mail</c>, whose POST fires a oneshot.</summary>
    public void ReplaceMail(HealthTask task, Oneshot? onPost = null) =>
        Engine.Replace([new("mail", task, onPost?.Fire)], Graph.NoNames);

    /// <summary>Serves other components instead, by names of their own for shared tasks.</summary>
    public void ReplaceNamed(
        (HealthTask Task, string Name)[] names,
        params (string Name, HealthTask Task, Oneshot? OnPost)[] components
    ) =>
        Engine.Replace(
            components.Select(one => new ComponentDescription(one.Name, one.Task, one.OnPost?.Fire)),
            new Dictionary<HealthTask, string>(
                names.Select(one => KeyValuePair.Create(one.Task, one.Name)),
                ReferenceEqualityComparer.Instance
            )
        );

    /// <summary>The component of that name as it is now.</summary>
    public Component Of(string name) =>
        Engine.Components.Single(component => string.Equals(component.Name, name, StringComparison.Ordinal));

    /// <summary>POSTs to a component.</summary>
    public async Task<OperationOutcome> FireAsync(Component component) => (await Engine.FireAsync(component)).Outcome;

    /// <summary>POSTs to <c>mail</c>.</summary>
    public Task<OperationOutcome> FireMailAsync() => FireAsync(Of("mail"));

    /// <summary>Polls <c>mail</c>, once for each letter of the result.</summary>
    public Task<string> PollMailAsync(int times = 1) => PollAsync(Of("mail"), times);

    /// <summary>Every event since the engine was made.</summary>
    public async Task<IReadOnlyList<HealthEvent>> EventsAsync()
    {
        List<HealthEvent> events = [];
        long written = Engine.Events.Written;
        if (written == 0)
        {
            return events;
        }

        await foreach (RingEntry entry in Engine.Events.FollowAsync(next: 0))
        {
            events.Add(entry.Event);
            if (events.Count == written)
            {
                break;
            }
        }

        return events;
    }

    public static async Task<HealthState> PollAsync(Component component) => (await component.AnswerAsync()).State;

    /// <summary>Polls once for each letter: <c>OOF</c> as it was answered.</summary>
    public static async Task<string> PollAsync(Component component, int times)
    {
        string answers = "";
        for (int i = 0; i < times; i++)
        {
            answers += (await PollAsync(component)).ToString()[0];
        }

        return answers;
    }

    public ValueTask DisposeAsync() => Engine.DisposeAsync();
}
