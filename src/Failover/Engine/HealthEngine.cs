using System.Collections.Immutable;
using System.Threading.Channels;

namespace Failover;

/// <summary>Runs tasks: one node for each distinct one, background loops, and the one lock under which they are judged.</summary>
/// <remarks>The lock is held for pure decisions only, about a microsecond each: never while a check runs, and never by
/// whoever reads a component that is answered from memory.</remarks>
internal sealed class HealthEngine : IAsyncDisposable
{
    // An event that nobody fetches is dropped, oldest first: a log must not hold up or outgrow the answers.
    private const int UnreadEvents = 10_000;

    // How long probes that are asked to stop get to close their sockets.
    private static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan StaleWatchInterval = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource stopping = new();
    private readonly Channel<HealthEvent> events = Channel.CreateBounded<HealthEvent>(
        new BoundedChannelOptions(UnreadEvents) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true }
    );

    private readonly IStateStore store;
    private readonly Journal journal;
    private readonly Decision decision;
    private readonly Scheduler scheduler;
    private readonly TimeSpan stateMaxAge;
    private Graph graph;
    private ITimer? staleWatch;
    private Heartbeat? heartbeat;
    private TaskCompletionSource? idle;
    private string? loss;
    private bool isStarted;
    private int active;
    private int lastOrder;
    private long lastId;

    /// <summary>Makes an engine; nothing runs before <see cref="Start"/>.</summary>
    /// <param name="time">Its clock.</param>
    /// <param name="store">Where what outlives the process is kept; left out, nowhere.</param>
    /// <param name="stateMaxAge">How long ago the process before may have been alive for its states to be gone on from; left out,
    /// <see cref="DefaultStateMaxAge"/>.</param>
    public HealthEngine(TimeProvider time, IStateStore? store = null, TimeSpan? stateMaxAge = null)
    {
        Clock = new Clock(time);
        UserCode = new UserCodeThreads(time);
        Stopping = stopping.Token;
        this.stateMaxAge = stateMaxAge ?? DefaultStateMaxAge;
        this.store = store ?? new MemoryStateStore();
        journal = new Journal(this, this.store);
        decision = new Decision(this, journal);
        scheduler = new Scheduler(this);
        graph = new Graph(this, NoNames);
    }

    public static TimeSpan DefaultStateMaxAge { get; } = TimeSpan.FromHours(1);

    /// <summary>For graphs whose tasks have no names of their own.</summary>
    public static IReadOnlyDictionary<HealthTask, string> NoNames { get; } = new Dictionary<HealthTask, string>();

    public Clock Clock { get; }

    /// <summary>Where checks run that may block.</summary>
    public UserCodeThreads UserCode { get; }

    /// <summary>Held while nodes are judged.</summary>
    public Lock Judging { get; } = new();

    /// <summary>Asks the probes that still run to end.</summary>
    public CancellationToken Stopping { get; }

    /// <summary>What happens, for a log; ends with the engine.</summary>
    public ChannelReader<HealthEvent> Events => events.Reader;

    public IReadOnlyList<Component> Components => Volatile.Read(ref graph).Components;

    /// <summary>The component of that name, if there is one. Under the lock.</summary>
    public IEnumerable<Component> ComponentsOf(string name) => graph.ComponentsOf(name);

    /// <summary>How many writes that something waits for are not known to be stored.</summary>
    public int WritesBehind => journal.Behind;

    /// <summary>How often something that was decided was undone.</summary>
    public int Undoings => journal.Undoings;

    /// <summary>Why it is not known what was latched, in one line; null where it is.</summary>
    public string? Loss => Volatile.Read(ref loss);

    /// <summary>Takes the lock, to judge nodes. What was decided counts from when the decision is disposed of.</summary>
    public Decision Decide()
    {
        Judging.Enter();
        return decision.At(Clock.Now);
    }

    /// <summary>Makes the nodes of a task and serves its root under a name. Before the start.</summary>
    public Component Add(ComponentDescription description)
    {
        using Decision adding = Decide();
        adding.IsBeginning = true;
        int known = graph.NewNodes.Count;
        Component component = graph.Add(description);
        foreach (NodeRunner node in graph.NewNodes.Skip(known))
        {
            node.Begin(adding);
        }

        return component;
    }

    public bool Knows(HealthTask task) => graph.TryFind(task, out _);

    /// <summary>Begins every node, from what was stored where that is worth going on from, and the background loops.</summary>
    /// <exception cref="StateStoreException">The store cannot be used.</exception>
    public void Start()
    {
        StoredState stored = journal.Load();
        Volatile.Write(ref loss, stored.Loss);
        Resumption resumption = new(stored, Clock.Time.GetUtcNow(), stateMaxAge);
        using (Decision starting = Decide())
        {
            isStarted = true;
            starting.IsBeginning = true;
            foreach (NodeRunner node in graph.Nodes)
            {
                resumption.Begin(node, starting);
            }

            EndBeginning(starting, stored.Loss);
            starting.Forgotten.AddRange(resumption.Keys.Where(key => !graph.Keeps(key)));
        }

        // Not before: until what this begins with is stored, what is stored is as old as the process before.
        heartbeat = store.IsLasting ? new(store, Clock.Time) : null;
        scheduler.Run(graph.Nodes);
        staleWatch = Clock.Time.CreateTimer(_ => ReportStale(), state: null, StaleWatchInterval, StaleWatchInterval);
    }

    /// <summary>Serves other components instead. What is described as before goes on; what is not begins anew, except that a
    /// latched fail stays latched. Before the start, sets what is started with. One call at a time.</summary>
    /// <param name="descriptions">All that are served from now on, by names of their own.</param>
    /// <param name="names">The names of tasks that have one of their own.</param>
    public IReadOnlyList<Component> Replace(
        IEnumerable<ComponentDescription> descriptions,
        IReadOnlyDictionary<HealthTask, string> names
    )
    {
        Graph next = TakeOver(descriptions, names);
        // Not within the decision: the first turns of the loops may be over at once, and are decisions of their own.
        if (isStarted)
        {
            scheduler.Run(next.Nodes);
        }

        return next.Components;
    }

    /// <summary>Arms a oneshot where a toggle waits for it, and has the nodes above judged at once. Ends when that is
    /// stored.</summary>
    /// <param name="oneshot">The one to arm.</param>
    /// <param name="audit">Who fires it, for the audit.</param>
    public Task<FireOutcome> FireAsync(Oneshot oneshot, PostAudit? audit = null)
    {
        Fire fire = new(audit);
        using (Decision firing = Decide())
        {
            if (!graph.TryFind(oneshot, out NodeRunner? node) || !IsInCharge(node) || !node.TryArm(firing))
            {
                return Task.FromResult(FireOutcome.NothingToReset);
            }

            firing.Fire = fire;
            JudgeAbove(node, judged: [], passesLoops: true, firing);
        }

        return fire.Stored is { } stored ? OutcomeAsync(stored) : Task.FromResult(FireOutcome.Armed);

        static async Task<FireOutcome> OutcomeAsync(Task<bool> stored) =>
            await stored ? FireOutcome.Armed : FireOutcome.NotStored;
    }

    /// <summary>Explains a component: each of its nodes, what it stands on and what would change it.</summary>
    public Explanation Explain(Component component)
    {
        lock (Judging)
        {
            Dictionary<HealthTask, NodeRunner> nodes = new(ReferenceEqualityComparer.Instance);
            Collect(component.Root.Description, component.Root);
            return Explainer.Explain(
                component.Root.Description,
                task => nodes[task].View() with { NextTurn = scheduler.NextTurnOf(nodes[task]) },
                Clock.Now
            );

            // A node that goes on below one that is new was made of an equal description, and not of this one.
            void Collect(HealthTask task, NodeRunner node)
            {
                if (nodes.TryAdd(task, node))
                {
                    for (int i = 0; i < node.Children.Length; i++)
                    {
                        Collect(task.Children[i], node.Children[i]);
                    }
                }
            }
        }
    }

    /// <summary>Which components hold a fail until it is reset, and which of them a POST would reset now.</summary>
    public (IReadOnlySet<Component> Latched, IReadOnlySet<Component> Resettable) Latched()
    {
        lock (Judging)
        {
            HashSet<Component> latched =
            [
                .. journal.Latches.All.SelectMany(latch => graph.ComponentsOf(latch.Component)),
            ];
            return (latched, latched.Where(CanReset).ToHashSet());
        }

        bool CanReset(Component component) =>
            component.OnPost is FireOneshot fire
            && graph.TryFind(fire.Oneshot, out NodeRunner? node)
            && IsInCharge(node)
            && node.CanArm(Clock.Now);
    }

    /// <summary>Has a POST of which nothing came noted: in the log, and in the audit.</summary>
    public void Note(PostAudit audit)
    {
        Publish(audit);
        journal.Enter(audit);
    }

    /// <summary>One turn of a background loop. Never fails.</summary>
    public async Task RunLoopAsync(NodeRunner loop)
    {
        NodeRunner task = loop.Children[0];
        await task.EvaluateAsync(new Round());
        using Decision turn = Decide();
        loop.TryJudgeFromMemory(new HashSet<NodeRunner> { task }, turn);
        JudgeAbove(loop, judged: [loop], passesLoops: false, turn);
    }

    public long NextId() => ++lastId;

    public int NextOrder() => ++lastOrder;

    public void Enter() => Interlocked.Increment(ref active);

    public void Leave()
    {
        if (Interlocked.Decrement(ref active) == 0)
        {
            Volatile.Read(ref idle)?.TrySetResult();
        }
    }

    /// <summary>Completes when no evaluation and no turn of a loop runs.</summary>
    public Task WhenIdleAsync()
    {
        TaskCompletionSource waiting = new(TaskCreationOptions.RunContinuationsAsynchronously);
        // A full fence: who leaves last must see the one that waits, or be seen to have left.
        Interlocked.Exchange(ref idle, waiting);
        if (Volatile.Read(ref active) == 0)
        {
            waiting.TrySetResult();
        }

        return waiting.Task;
    }

    public void Publish(HealthEvent happened) => events.Writer.TryWrite(happened);

    /// <summary>Ends the loops and asks the probes that run to close; waits for them for at most a second.</summary>
    public async ValueTask DisposeAsync()
    {
        scheduler.Dispose();
        if (staleWatch is not null)
        {
            await staleWatch.DisposeAsync();
        }

        await stopping.CancelAsync();
        await WhenIdleAsync()
            .WaitAsync(StopGrace, TimeProvider.System)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (heartbeat is not null)
        {
            await heartbeat.DisposeAsync();
        }

        await journal.DisposeAsync();
        events.Writer.TryComplete();
    }

    // From some root down to the node, every toggle on the way is on its side.
    private static bool IsInCharge(NodeRunner node) =>
        node.Parents.Count == 0
        || node.Components.Count > 0
        || node.Parents.Any(parent => parent.Wants(node) && IsInCharge(parent));

    /// <summary>Judges what stands above a node, in the order of the tree, children first: with several ways up, a node is judged
    /// once, when all below it is.</summary>
    public static void JudgeAbove(NodeRunner changed, HashSet<NodeRunner> judged, bool passesLoops, Decision decision)
    {
        if (changed.Parents.Count == 0)
        {
            return;
        }

        PriorityQueue<NodeRunner, int> above = new();
        HashSet<NodeRunner> queued = [];
        EnqueueParents(changed);
        while (above.TryDequeue(out NodeRunner? node, out _))
        {
            bool isJudgedByItsLoop = node.Description is Background && !passesLoops;
            if (!isJudgedByItsLoop && node.TryJudgeFromMemory(judged, decision))
            {
                EnqueueParents(node);
            }
        }

        void EnqueueParents(NodeRunner node)
        {
            foreach (NodeRunner parent in node.Parents.Where(queued.Add))
            {
                above.Enqueue(parent, parent.Order);
            }
        }
    }

    private Graph TakeOver(
        IEnumerable<ComponentDescription> descriptions,
        IReadOnlyDictionary<HealthTask, string> names
    )
    {
        using Decision replacing = Decide();
        replacing.IsBeginning = true;
        journal.UndoWhatWaits(replacing);
        Graph next = new(this, names, graph);
        foreach (ComponentDescription description in descriptions)
        {
            next.Add(description);
        }

        foreach (NodeRunner node in next.NewNodes)
        {
            node.Begin(replacing);
        }

        // A task that goes on says nothing by itself to a component that had another one.
        foreach (Component component in next.Components.Except(graph.Components))
        {
            replacing.Show(component, component.Root.Newest);
        }

        foreach (NodeRunner node in graph.Nodes.Except(next.Nodes))
        {
            node.Retire();
            if (!next.Keeps(node.Key))
            {
                replacing.Forgotten.Add(node.Key);
            }
        }

        foreach (Component component in graph.Components.Except(next.Components))
        {
            component.Retire();
        }

        Volatile.Write(ref graph, next);
        if (isStarted)
        {
            EndBeginning(replacing, loss: null);
        }

        return next;
    }

    private void EndBeginning(Decision beginning, string? loss)
    {
        Latching.Apply(graph.Components, journal.Latches.All, loss, beginning);
        foreach (NodeRunner node in graph.Nodes)
        {
            node.EndBeginning();
        }
    }

    // Growing too old is a change that no event brings.
    private void ReportStale()
    {
        using Decision looking = Decide();
        foreach (Component component in graph.Components.Where(component => component.HasGoneStale(looking.Now)))
        {
            looking.Show(component, component.Root.Newest);
        }
    }
}
