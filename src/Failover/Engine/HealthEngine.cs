namespace Failover;

/// <summary>Drives the machine: one lock, one timer. It feeds inputs in, and does what comes out.</summary>
/// <remarks>The lock is held while the machine decides, some microseconds, and never while a probe, a store or code of the user's
/// runs. A component that is answered from memory is read without it.</remarks>
internal sealed partial class HealthEngine : IAsyncDisposable
{
    public const int EventCapacity = 10_000;

    // To begin a probe that does not block costs less than to wake another thread for it. More than these begin side by side.
    private const int MostProbesBegunHere = 4;

    // A list that a reload has made large is not kept.
    private const int MostSpareActions = 1024;

    // How long probes that are asked to stop get to close their sockets.
    private static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();
    private readonly HealthMachine machine;
    private readonly EngineTimer timer;
    private readonly IStateStore store;
    private readonly StoreQueue storing;
    private readonly StoreWatch storeWatch;
    private readonly CancellationTokenSource stopping = new();
    private readonly Activity activity = new();
    private readonly ProbeRunner probes;
    private readonly RollUpRecorder? rollUps;
    private Task watching = Task.CompletedTask;
    private readonly PauseWatch pauses;

    // Under the lock.
    private readonly DurationCounts lateness = new(EngineCounts.LatenessBounds);
    private long lastPause;

    // Under the lock: when the input that holds it came, and whether a pause matters at any time.
    private long enteredAt;
    private bool isTimeCounted;
    private readonly List<Component> added = [];
    private IReadOnlyList<Component> components;
    private bool isStopped;

    // A list that has been used; null while it is in use.
    private List<MachineAction>? spareActions;

    /// <summary>Makes an engine; nothing runs before <see cref="Start"/>.</summary>
    /// <param name="time">Its clock.</param>
    /// <param name="store">Where what outlives the process is kept; left out, nowhere.</param>
    /// <param name="stateMaxAge">How long ago the previous process may have been alive for its states to be restored; left out,
    /// <see cref="DefaultStateMaxAge"/>.</param>
    /// <param name="history">What it notes for people; left out, nothing.</param>
    public HealthEngine(
        TimeProvider time,
        IStateStore? store = null,
        TimeSpan? stateMaxAge = null,
        EngineHistory? history = null
    )
    {
        Clock = new Clock(time);
        Events = new(EventCapacity, time);
        // Components are added before the start, by one thread; a reload puts another list in their place.
        components = added;
        // Their clock is that of the machine; a test has its own.
        EventLoops? loops = OperatingSystem.IsLinux() && time is BootTime ? EventLoops.OfProcess : null;
        probes = new(Clock, Observed, ProbeWaits, loops);
        this.store = store ?? new MemoryStateStore();
        machine = new(NewProcessId(), this.store.IsDurable, stateMaxAge ?? DefaultStateMaxAge)
        {
            ProbeLog = history is null ? null : new(),
            HistoryLog = history?.RollUps is null ? null : new(),
        };
        rollUps = history?.RollUps is { } kept ? new(this, kept) : null;
        storing = new(this.store, Stored, Settled, deliveries => Deliveries?.Add(deliveries), time);
        storeWatch = new(this.store, StoreBack);
        timer = new(Clock, Advance, loops);
        pauses = new(time, loops);
    }

    public static TimeSpan DefaultStateMaxAge { get; } = TimeSpan.FromHours(1);

    public Clock Clock { get; }

    /// <summary>What happens, for logs and streams.</summary>
    public EventRing Events { get; }

    /// <summary>What is served, in the order of the description.</summary>
    public IReadOnlyList<Component> Components => Volatile.Read(ref components);

    /// <summary>Why it is not known what was latched, in one line; null where it is.</summary>
    public string? Loss { get; private set; }

    /// <summary>Why the store holds nothing at present, in one line; null where it does.</summary>
    public string? StoreLost => storeWatch.Problem;

    /// <summary>Why the store does not store at present, in one line; null where it does.</summary>
    public string? StoreFault => store.Problem ?? StoreLost;

    /// <summary>The same, or what it had lost when this began.</summary>
    public string? StoreProblem => StoreFault ?? Loss;

    /// <summary>What is handed to the store and not acknowledged, and how long that takes.</summary>
    public StoreCounts StoreCounts => storing.Counts;

    /// <summary>Whoever delivers notifications; null: there are none. Set before the start, or before <see cref="Notify"/>.</summary>
    public IDeliveries? Deliveries { get; set; }

    /// <summary>How many probes run at a time, from now on.</summary>
    public void Limit(ProbeLimits limits) => probes.Places.Apply(limits);

    /// <inheritdoc cref="ProbeRunner.RunOnceAsync"/>
    public ValueTask<ProbedOnce> ProbeOnceAsync(ProbeCheck check, CancellationToken stop) =>
        probes.RunOnceAsync(check, stop);

    /// <summary>Takes a component, before the start.</summary>
    public Component Add(ComponentDescription description)
    {
        using Input input = Enter();
        Component component = new(this, machine.Add(description, input.Now, input.Wall));
        added.Add(component);
        return component;
    }

    /// <summary>Begins every node, from what was stored where that is usable, and the background loops.</summary>
    /// <param name="warn">Takes lines of the store for people.</param>
    /// <exception cref="StateStoreException">The store cannot be used.</exception>
    public void Start(Action<string>? warn = null)
    {
        if (warn is not null)
        {
            store.WarnTo(warn);
        }

        StoredState stored = store.Load();
        Loss = stored.Loss;
        rollUps?.Start();
        Deliveries?.Load(stored);
        using (Input input = Enter())
        {
            machine.Load(stored, input.Now, input.Wall);
            WatchPauses();
        }

        if (Deliveries is null && !stored.Deliveries.IsEmpty)
        {
            // Nobody is notified any longer.
            Persist(new() { ForgottenDeliveries = [.. stored.Deliveries.Select(one => one.Key)] });
        }

        watching = storeWatch.RunAsync(stopping.Token);
    }

    /// <summary>Serves other components instead; see <see cref="HealthMachine.Replace"/>. One call at a time.</summary>
    /// <param name="descriptions">All that are served from now on, by names of their own.</param>
    /// <param name="names">The names of tasks that have one of their own.</param>
    public IReadOnlyList<Component> Replace(
        IEnumerable<ComponentDescription> descriptions,
        IReadOnlyDictionary<HealthTask, string> names
    )
    {
        GraphPlan plan = machine.Prepare(descriptions, names);
        using Input input = Enter();
        machine.Replace(plan, input.Now, input.Wall);
        WatchPauses();
        List<Component> next = [];
        foreach (ServedComponent served in machine.Components)
        {
            Component component = served.Reader as Component ?? new(this, served);
            component.Refresh();
            next.Add(component);
        }

        Volatile.Write(ref components, next);
        return next;
    }

    /// <summary>Ends the delay of a guard that is tripped; see <see cref="HealthMachine.ReleaseGuard"/>.</summary>
    public bool ReleaseGuard(string name)
    {
        using Input input = Enter();
        return machine.ReleaseGuard(name, input.Now, input.Wall);
    }

    /// <summary>Takes what another job reports to a heartbeat.</summary>
    /// <param name="name">The name of the heartbeat.</param>
    /// <param name="beat">What it says.</param>
    /// <returns>Whether it shows another state than before; null where there is none of that name.</returns>
    public bool? Beat(string name, Observation beat)
    {
        using Input input = Enter();
        return machine.Beat(name, beat, input.Now, input.Wall);
    }

    /// <summary>Evaluates a component, or shares the evaluation that runs.</summary>
    /// <param name="ticket">Takes the answer, maybe before this returns.</param>
    /// <param name="component">The component.</param>
    public void Request(IRequestTicket ticket, Component component)
    {
        using Input input = Enter();
        machine.Request(ticket, component.Served, input.Now, input.Wall);
    }

    /// <summary>Reports an event to whoever follows.</summary>
    public void Publish(HealthEvent happened) => Events.Publish(happened);

    /// <summary>Reports a POST that came to nothing, and notes it in the audit.</summary>
    public void Note(PostAudit audit)
    {
        Publish(audit);
        using Input input = Enter();
        machine.Note(audit, input.Now, input.Wall);
    }

    /// <summary>Whether the machine can be had within that time: nobody holds its lock for longer than moments.</summary>
    public bool IsResponsive(TimeSpan within)
    {
        bool isFree = gate.TryEnter(within);
        if (isFree)
        {
            gate.Exit();
        }

        return isFree;
    }

    /// <summary>Completes when no probe runs and all that the machine wants done is in flight.</summary>
    public Task WhenIdleAsync() => activity.WhenIdleAsync();

    /// <summary>Ends the loops and asks the probes that run to close; waits for them for at most a second.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref isStopped, true))
        {
            return;
        }

        await timer.DisposeAsync();
        // Before what is stopped looks like what is seen.
        ValueTask recording = rollUps?.DisposeAsync() ?? ValueTask.CompletedTask;
        pauses.Dispose();
        await stopping.CancelAsync();
        probes.Stop();
        await WhenIdleAsync()
            .WaitAsync(StopGrace, TimeProvider.System)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        using (Input input = Enter())
        {
            machine.Stop(input.Now, input.Wall);
        }

        await store.DisposeAsync();
        using (Input input = Enter())
        {
            machine.StoreClosed(input.Now, input.Wall);
        }

        await watching.WaitAsync(StopGrace, TimeProvider.System).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await recording;
        Events.Complete();
    }

    private static string NewProcessId() => $"{Guid.NewGuid():N}";
}
