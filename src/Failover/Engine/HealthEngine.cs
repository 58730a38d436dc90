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

    private readonly Dictionary<HealthTask, NodeRunner> runners = new(ReferenceEqualityComparer.Instance);
    private readonly List<NodeRunner> inOrder = [];
    private readonly List<Component> components = [];
    private readonly CancellationTokenSource stopping = new();
    private readonly Channel<HealthEvent> events = Channel.CreateBounded<HealthEvent>(
        new BoundedChannelOptions(UnreadEvents) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true }
    );

    private Scheduler? scheduler;
    private ITimer? staleWatch;
    private TaskCompletionSource? idle;
    private int active;
    private long lastId;

    public HealthEngine(TimeProvider time)
    {
        Clock = new Clock(time);
        Stopping = stopping.Token;
    }

    public Clock Clock { get; }

    /// <summary>Held while nodes are judged.</summary>
    public Lock Judging { get; } = new();

    /// <summary>Asks the probes that still run to end.</summary>
    public CancellationToken Stopping { get; }

    /// <summary>What happens, for a log; ends with the engine.</summary>
    public ChannelReader<HealthEvent> Events => events.Reader;

    public IReadOnlyList<Component> Components => components;

    /// <summary>Makes the nodes of a task and serves its root under a name.</summary>
    public Component Add(string name, HealthTask task, PostAction? onPost = null, TimeSpan? responseDeadline = null)
    {
        lock (Judging)
        {
            Component component = new(this, name, RunnerFor(task), onPost, responseDeadline);
            component.Root.Components.Add(component);
            components.Add(component);
            return component;
        }
    }

    public bool Knows(HealthTask task) => runners.ContainsKey(task);

    public NodeRunner RunnerOf(HealthTask task) => runners[task];

    /// <summary>Begins every node and the background loops.</summary>
    public void Start()
    {
        lock (Judging)
        {
            Instant now = Clock.Now;
            foreach (NodeRunner node in inOrder)
            {
                node.Begin(now);
            }
        }

        scheduler = new Scheduler(this, inOrder.Where(node => node.Description is Background));
        scheduler.Start();
        staleWatch = Clock.Time.CreateTimer(_ => ReportStale(), state: null, StaleWatchInterval, StaleWatchInterval);
    }

    /// <summary>Arms a oneshot where a toggle waits for it, and has the nodes above judged at once.</summary>
    public FireOutcome Fire(Oneshot oneshot)
    {
        lock (Judging)
        {
            NodeRunner node = runners[oneshot];
            Instant now = Clock.Now;
            if (!IsInCharge(node) || !node.TryArm(now))
            {
                return FireOutcome.NothingToReset;
            }

            JudgeAbove(node, judged: [], passesLoops: true, now);
            return FireOutcome.Armed;
        }
    }

    /// <summary>One turn of a background loop. Never fails.</summary>
    public async Task RunLoopAsync(NodeRunner loop)
    {
        NodeRunner task = loop.Children[0];
        await task.EvaluateAsync(new Round());
        lock (Judging)
        {
            Instant now = Clock.Now;
            loop.TryJudgeFromMemory(new HashSet<NodeRunner> { task }, now);
            JudgeAbove(loop, judged: [loop], passesLoops: false, now);
        }
    }

    public long NextId() => ++lastId;

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
        scheduler?.Dispose();
        staleWatch?.Dispose();
        await stopping.CancelAsync();
        await WhenIdleAsync()
            .WaitAsync(StopGrace, TimeProvider.System)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        events.Writer.TryComplete();
    }

    private NodeRunner RunnerFor(HealthTask task)
    {
        if (!runners.TryGetValue(task, out NodeRunner? runner))
        {
            ImmutableArray<NodeRunner> children = [.. task.Children.Select(RunnerFor)];
            runner = new NodeRunner(this, task, inOrder.Count, children);
            runners.Add(task, runner);
            inOrder.Add(runner);
            runner.Begin(Clock.Now);
        }

        return runner;
    }

    // From some root down to the node, every toggle on the way is on its side.
    private static bool IsInCharge(NodeRunner node) =>
        node.Parents.Count == 0
        || node.Components.Count > 0
        || node.Parents.Any(parent => parent.Wants(node) && IsInCharge(parent));

    // In the order of the tree, children first: with several ways up, a node is judged once, when all below it is.
    private static void JudgeAbove(NodeRunner changed, HashSet<NodeRunner> judged, bool passesLoops, Instant now)
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
            if (!isJudgedByItsLoop && node.TryJudgeFromMemory(judged, now))
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

    // Growing too old is a change that no event brings.
    private void ReportStale()
    {
        lock (Judging)
        {
            Instant now = Clock.Now;
            foreach (Component component in components.Where(component => component.Root.IsDriven))
            {
                component.Report(component.Root.Newest, now);
            }
        }
    }
}
