namespace Failover;

/// <summary>A daemon's engine and its disk, of which a story is told.</summary>
internal sealed class LatchWorld : IAsyncDisposable
{
    private static readonly TimeSpan Grain = TimeSpan.FromTicks(1);

    private readonly ScriptedStore store = new();
    private readonly Dictionary<string, ScriptedCheck> checks = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> probes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HealthState> answers = new(StringComparer.Ordinal);
    private readonly List<FireOnItsWay> fires = [];
    private readonly LatchPromises promises;
    private LatchLayout layout;
    private LatchTrees trees = null!;
    private EngineUnderTest test = null!;
    private DateTimeOffset wallClock = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private int fired;

    public LatchWorld(LatchLayout layout)
    {
        this.layout = layout;
        promises = new LatchPromises(store);
        foreach (string toggle in LatchLayout.Components.Append(LatchLayout.Shared))
        {
            checks.Add(toggle, new ScriptedCheck());
        }
    }

    /// <summary>What has happened so far, for whoever reads of a promise that is broken.</summary>
    public string Story { get; set; } = "";

    public async Task StartAsync()
    {
        test = new(store);
        test.Time.WallClock = wallClock;
        Serve(layout);
        await test.StartAsync();
        Look();
    }

    public async Task PollAsync()
    {
        foreach (string component in layout.Served())
        {
            HealthState? before = answers.TryGetValue(component, out HealthState known) ? known : null;
            HealthState answer = answers[component] = await AskAsync(component);
            // While a fire is on its way, what was shown before is: what nobody has asked since the latch shows none yet.
            if (before != Ok || !fires.Exists(fire => fire.Toggle == layout.ToggleOf(component)))
            {
                promises.CheckServed(component, answer, Story);
            }
        }
    }

    public void Turn(string toggle, HealthState sees) => checks[toggle].Sees = sees;

    public async Task PassAsync(int tenths)
    {
        await test.AdvanceAsync(Second(tenths * 0.1), step: Second(0.1));
        await SettleAsync();
    }

    public async Task FireAsync(string component)
    {
        if (layout.ToggleOf(component) is not { } toggle)
        {
            return;
        }

        // Not in the moment of a look: what was seen before a fire is over.
        test.Time.Advance(Grain);
        string user = $"user-{fired++}";
        Task<FireOutcome> outcome = test.Engine.FireAsync(
            trees.ResetOf(toggle),
            new PostAudit(component, user, "::1", "Armed")
        );
        fires.Add(new(outcome, user, toggle, layout, promises.FailuresOf(toggle)));
        await SettleAsync();
    }

    public async Task DiskAsync(LatchDisk disk)
    {
        while (store.Waiting > 0)
        {
            await StoreAsync();
        }

        store.IsQuick = disk != LatchDisk.Slow;
        store.RefusesWhatMayFail = disk == LatchDisk.Full;
    }

    public async Task StoreAsync()
    {
        if (store.Waiting > 0)
        {
            store.StoreNext();
            await SettleAsync();
        }
    }

    public async Task FailAsync()
    {
        if (store.Waiting > 0)
        {
            store.FailNext();
            await SettleAsync();
        }
    }

    /// <summary>The process dies: of what waits, only the first are stored. Another one starts later, with what is described by
    /// then.</summary>
    public async Task DieAsync(int stored, TimeSpan away, LatchLayout? next)
    {
        wallClock = test.Time.GetUtcNow() + away;
        while (stored-- > 0)
        {
            await StoreAsync();
        }

        bool isQuick = store.IsQuick;
        store.IsQuick = false;
        await test.DisposeAsync();
        store.Forget();
        await HearAsync();
        promises.Die();
        store.IsQuick = isQuick;
        layout = next ?? layout;
        await StartAsync();
        await PollAsync();
    }

    public async Task ReloadAsync(LatchLayout next)
    {
        Serve(next);
        await test.Engine.WhenIdleAsync();
        Look();
        await PollAsync();
    }

    /// <summary>Whatever was wrong is over: what is served is what is stored.</summary>
    public async Task CalmAsync()
    {
        await DiskAsync(LatchDisk.Quick);
        foreach (ScriptedCheck check in checks.Values)
        {
            check.Sees = Ok;
        }

        await PassAsync(tenths: 60);
        await PollAsync();
        foreach (string component in layout.Served())
        {
            promises.CheckCalm(component, await AskAsync(component), Story);
        }
    }

    public void Check() => promises.CheckStored(Story);

    public async ValueTask DisposeAsync()
    {
        await test.DisposeAsync();
        await store.DisposeAsync();
    }

    private async Task<HealthState> AskAsync(string component)
    {
        // A fail is served no later than so, whatever the store does; twice, for a turn on the way may have moved.
        await test.AdvanceAsync(Gate.FailPatience);
        await test.AdvanceAsync(Gate.FailPatience);
        await SettleAsync();
        HealthState answer = await AnswerAsync(component);
        if (answer == Ok && layout.LagsBehind(component))
        {
            await test.AdvanceAsync(Second(1.5), step: Second(0.25));
            await SettleAsync();
            answer = await AnswerAsync(component);
        }
        else if (answer == Ok && store.Waiting == 0 && layout.ToggleOf(component) is { } toggle)
        {
            promises.Release(toggle);
        }

        return answer;
    }

    private async Task<HealthState> AnswerAsync(string component)
    {
        Task<HealthState> poll = EngineUnderTest.PollAsync(test.Of(component));
        await test.Engine.WhenIdleAsync();
        // What it has moved is on its way to the store: it does not wait for ever.
        test.Time.Advance(poll.IsCompleted ? TimeSpan.Zero : Gate.FailPatience);
        HealthState answer = await poll;
        await SettleAsync();
        return answer;
    }

    private void Serve(LatchLayout next)
    {
        layout = next;
        answers.Clear();
        promises.Serve(next);
        trees = new(next, toggle => checks[toggle]);
        test.Replace(trees.Names, trees.Components);
    }

    // Waits until the engine has seen what has become of its writes.
    private async Task SettleAsync()
    {
        SpinWait
            .SpinUntil(() => test.Engine.WritesBehind <= store.Awaited, Second(30))
            .ShouldBeTrue("what is stored is seen");
        await HearAsync();
        Look();
    }

    private async Task HearAsync()
    {
        foreach (FireOnItsWay fire in fires.ToArray())
        {
            if (store.HoldsPostOf(fire.User) && !fire.Outcome.IsCompleted)
            {
                continue;
            }

            fires.Remove(fire);
            FireOutcome outcome = await fire.Outcome.WaitAsync(Second(30), TimeProvider.System);
            if (outcome == FireOutcome.NothingToReset)
            {
                continue;
            }

            promises.Answer(fire.Layout.At(fire.Toggle), isStored: outcome == FireOutcome.Armed);
            bool isSince = fire.Failures < promises.FailuresOf(fire.Toggle);
            if (outcome == FireOutcome.Armed && !isSince && ReferenceEquals(fire.Layout, layout))
            {
                promises.Release(fire.Toggle);
            }
        }
    }

    // Looks have been taken since the last time; what they saw has not changed meanwhile.
    private void Look()
    {
        foreach ((string toggle, ScriptedCheck check) in checks)
        {
            if (check.Probes > probes.GetValueOrDefault(toggle) && check.Sees == Fail)
            {
                promises.SeeFail(toggle);
            }

            probes[toggle] = check.Probes;
        }
    }

    /// <param name="Outcome">What comes of it.</param>
    /// <param name="User">Who has fired it: nobody twice.</param>
    /// <param name="Toggle">The toggle that it resets.</param>
    /// <param name="Layout">Who served it.</param>
    /// <param name="Failures">How many looks for it had seen a fail.</param>
    private sealed record FireOnItsWay(
        Task<FireOutcome> Outcome,
        string User,
        string Toggle,
        LatchLayout Layout,
        int Failures
    );
}

/// <summary>How writes fare.</summary>
internal enum LatchDisk
{
    Quick,
    Slow,
    Full,
}
