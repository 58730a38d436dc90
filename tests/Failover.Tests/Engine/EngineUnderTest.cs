namespace Failover;

/// <summary>An engine on a clock that stands until a test moves it.</summary>
internal sealed class EngineUnderTest : IAsyncDisposable
{
    public ManualTime Time { get; } = new();

    public HealthEngine Engine { get; }

    public EngineUnderTest() => Engine = new HealthEngine(Time);

    public Component Add(HealthTask task, TimeSpan? responseDeadline = null) =>
        Engine.Add(new($"component-{Engine.Components.Count}", task, ResponseDeadline: responseDeadline));

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
