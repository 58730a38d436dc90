namespace Failover;

/// <summary>An engine on a clock that stands until a test moves it.</summary>
/// <param name="store">Where it keeps what outlives it; left out, nowhere.</param>
internal sealed class EngineUnderTest(ScriptedStore? store = null) : IAsyncDisposable
{
    public ManualTime Time { get; } = new();

    public HealthEngine Engine => field ??= new HealthEngine(Time, store);

    public Component Add(HealthTask task, TimeSpan? responseDeadline = null, string? name = null) =>
        Engine.Add(new(name ?? $"component-{Engine.Components.Count}", task, ResponseDeadline: responseDeadline));

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

    /// <summary>Serves other components instead.</summary>
    public void Replace(params (string Name, HealthTask Task)[] components) =>
        Replace(HealthEngine.NoNames, components);

    /// <summary>Serves other components instead, some of whose tasks have names of their own.</summary>
    public void Replace(
        IReadOnlyDictionary<HealthTask, string> names,
        params (string Name, HealthTask Task)[] components
    ) =>
        Engine.Replace(components.Select(component => new ComponentDescription(component.Name, component.Task)), names);

    /// <summary>The component of that name as it is now.</summary>
    public Component Of(string name) =>
        Engine.Components.Single(component => string.Equals(component.Name, name, StringComparison.Ordinal));

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
