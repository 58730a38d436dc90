namespace Failover;

/// <summary>A path that is served, as requests see it.</summary>
internal sealed class Component
{
    private readonly HealthEngine engine;
    private volatile Snapshot published;
    private volatile bool isOnDemand;

    // Of those who wait for the next publication; null where nobody does.
    private TaskCompletionSource? awaited;

    public Component(HealthEngine engine, ServedComponent served)
    {
        this.engine = engine;
        Served = served;
        published = served.Published;
        served.Reader = this;
        Refresh();
    }

    public string Name => Served.Name;

    /// <summary>Whether a request evaluates it.</summary>
    public bool IsOnDemand => isOnDemand;

    /// <summary>Its current description.</summary>
    public ComponentDescription Description => Served.Description;

    public PostAction? OnPost => Description.OnPost;

    /// <summary>Who has polled it last.</summary>
    public PollerList Pollers { get; } = new();

    /// <summary>What the machine knows of it; to be used under the lock of the engine, but for what never changes and for counts.</summary>
    internal ServedComponent Served { get; }

    /// <summary>How often it has come to a state since the start.</summary>
    public int TransitionsTo(HealthState state) => Served.Transitions.To(state);

    /// <summary>What is known now, without a probe.</summary>
    public Snapshot LastKnown() => published.ReadAt(engine.Clock.Now);

    /// <summary>What to answer now: from memory where background loops probe, without a lock; else by an evaluation that all who ask
    /// meanwhile share.</summary>
    /// <remarks>At the response deadline the last known state is the answer, and the evaluation continues. One that takes three
    /// times its longest answers <see cref="HealthState.Error"/>.</remarks>
    public ValueTask<Snapshot> AnswerAsync()
    {
        if (!isOnDemand)
        {
            return new(LastKnown());
        }

        AwaitedRequest request = new();
        engine.Request(request, this);
        return new(request.Task);
    }

    /// <summary>As <see cref="AnswerAsync"/>.</summary>
    /// <returns>The answer from memory; null where the ticket takes it, maybe before this returns.</returns>
    public Snapshot? Ask(IRequestTicket ticket)
    {
        if (!isOnDemand)
        {
            return LastKnown();
        }

        engine.Request(ticket, this);
        return null;
    }

    /// <summary>Finds who polls it; null where it is one of too many. See <see cref="PollerList.FindOrAdd"/>.</summary>
    public Poller? PollerOf(ClientAddress address, ReadOnlySpan<byte> agent, long at) =>
        Pollers.FindOrAdd(address, agent, at, engine.Components.Count);

    /// <summary>Takes what is served from now on. Under the lock of the engine.</summary>
    public void Publish(Snapshot snapshot)
    {
        published = snapshot;
        Interlocked.Exchange(ref awaited, null)?.TrySetResult();
    }

    /// <summary>Completes with the next publication after this call.</summary>
    public Task NextPublicationAsync()
    {
        if (Volatile.Read(ref awaited) is { } shared)
        {
            return shared.Task;
        }

        TaskCompletionSource mine = new(TaskCreationOptions.RunContinuationsAsynchronously);
        return (Interlocked.CompareExchange(ref awaited, mine, null) ?? mine).Task;
    }

    /// <summary>Its description may be another one. Under the lock of the engine.</summary>
    public void Refresh() => isOnDemand = Served.IsOnDemand;
}
