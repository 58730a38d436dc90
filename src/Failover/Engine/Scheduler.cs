using System.Diagnostics.Metrics;

namespace Failover;

/// <summary>When background loops run: all first turns at once, though not too many at a time, and the later ones spread over
/// the interval. One queue and one timer for all.</summary>
internal sealed class Scheduler : IDisposable
{
    /// <summary>The name of the meter.</summary>
    public const string MeterName = "Failover";

    // First turns at a time. A turn that takes longer than its slot goes on without one, so that tasks that hang hold up the
    // first look at the others for little.
    private const int FirstTurnSlots = 256;
    private static readonly TimeSpan FirstTurnSlot = TimeSpan.FromMilliseconds(250);

    // A timer of the runtime ends at 49 days.
    private static readonly TimeSpan LongestSleep = TimeSpan.FromDays(1);

    // Multiples of the golden ratio's fraction fill an interval evenly, however many loops there are.
    private const double GoldenFraction = 0.618033988749895;

    private static readonly Meter Meter = new(MeterName);
    private static readonly Histogram<double> Lateness = Meter.CreateHistogram<double>(
        "failover.background.lateness",
        unit: "s",
        description: "How much later than scheduled a turn of a background loop began."
    );

    private readonly HealthEngine engine;
    private readonly Dictionary<NodeRunner, Loop> loops = [];
    private readonly PriorityQueue<Loop, Instant> queue = new();
    private readonly Lock gate = new();
    private readonly ITimer timer;
    private int begun;

    public Scheduler(HealthEngine engine)
    {
        this.engine = engine;
        timer = engine.Clock.Time.CreateTimer(
            _ => RunDue(),
            state: null,
            Timeout.InfiniteTimeSpan,
            Timeout.InfiniteTimeSpan
        );
    }

    /// <summary>Runs the loops among these nodes, and no others: those that run go on with their beat, new ones take their first
    /// turn at once, and those that are not among them end.</summary>
    public void Run(IEnumerable<NodeRunner> nodes)
    {
        List<Loop> added = [];
        lock (gate)
        {
            HashSet<NodeRunner> wanted = [.. nodes.Where(node => node.Description is Background)];
            foreach (NodeRunner ended in loops.Keys.Except(wanted).ToArray())
            {
                loops[ended].End();
                loops.Remove(ended);
            }

            foreach (NodeRunner node in wanted.Where(node => !loops.ContainsKey(node)))
            {
                Loop loop = new(node, begun++);
                loops.Add(node, loop);
                added.Add(loop);
            }
        }

        _ = TakeFirstTurnsAsync(added);
    }

    /// <summary>When the next turn of a loop is due; null before the first, and where it is none.</summary>
    public Instant? NextTurnOf(NodeRunner node)
    {
        lock (gate)
        {
            return loops.GetValueOrDefault(node)?.NextTurn;
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            queue.Clear();
            timer.Dispose();
        }
    }

    private async Task TakeFirstTurnsAsync(List<Loop> added)
    {
        // Never disposed of: turns give their slots back long after this is over, and it holds nothing of the system's.
        SemaphoreSlim slots = new(FirstTurnSlots);
        foreach (Loop loop in added)
        {
            await slots.WaitAsync(engine.Stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (engine.Stopping.IsCancellationRequested)
            {
                return;
            }

            if (loop.HasEnded)
            {
                slots.Release();
                continue;
            }

            Instant now = engine.Clock.Now;
            lock (gate)
            {
                Enqueue(loop, now + loop.SecondTurnAfter);
            }

            _ = HoldSlotAsync(loop.RunAsync(engine), slots);
        }
    }

    private async Task HoldSlotAsync(Task turn, SemaphoreSlim slots)
    {
        if (!turn.IsCompleted)
        {
            await turn.WaitAsync(FirstTurnSlot, engine.Clock.Time)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        slots.Release();
    }

    private void RunDue()
    {
        Instant now = engine.Clock.Now;
        List<(Loop Loop, TimeSpan Late)> due = [];
        lock (gate)
        {
            while (queue.TryPeek(out Loop? loop, out Instant at) && at <= now)
            {
                queue.Dequeue();
                if (loop.HasEnded)
                {
                    continue;
                }

                due.Add((loop, now - at));
                // Turns that were slept through are not made up for: after a pause, one turn and then the old beat.
                long beats = 1 + ((now - at).Ticks / loop.Interval.Ticks);
                Put(loop, at + (beats * loop.Interval));
            }

            SetTimer(now);
        }

        // Who listens to the metric is code of the user's: not under the lock, and when all turns have begun.
        foreach ((Loop loop, _) in due)
        {
            _ = loop.RunAsync(engine);
        }

        foreach ((_, TimeSpan late) in due)
        {
            Lateness.Record(late.TotalSeconds);
        }
    }

    private void Enqueue(Loop loop, Instant at)
    {
        bool isFirst = !queue.TryPeek(out _, out Instant first) || at < first;
        Put(loop, at);
        if (isFirst)
        {
            SetTimer(engine.Clock.Now);
        }
    }

    private void Put(Loop loop, Instant at)
    {
        loop.NextTurn = at;
        queue.Enqueue(loop, at);
    }

    private void SetTimer(Instant now)
    {
        if (queue.TryPeek(out _, out Instant at))
        {
            TimeSpan wait = at > now ? at - now : TimeSpan.Zero;
            // Rounded up to the timer's grain: woken a moment early, it would find nothing due.
            wait = TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds));
            timer.Change(wait < LongestSleep ? wait : LongestSleep, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>One background loop: at most one turn at a time.</summary>
    private sealed class Loop(NodeRunner node, int index)
    {
        private const int Resting = 0;
        private const int Running = 1;
        private const int RunningLate = 2;

        private int mode;

        /// <summary>When its next turn is due; null before the first.</summary>
        public Instant? NextTurn { get; set; }

        public TimeSpan Interval { get; } = ((Background)node.Description).Interval;

        /// <summary>An interval for the first loop, and less for the others: never two looks further apart than the
        /// interval, and never all at one moment.</summary>
        public TimeSpan SecondTurnAfter => Interval * (1 - (index * GoldenFraction % 1));

        public bool HasEnded { get; private set; }

        /// <summary>Has it take no further turns.</summary>
        public void End() => HasEnded = true;

        /// <summary>Takes a turn; while one runs, has another follow it at once, however many were due meanwhile.</summary>
        public async Task RunAsync(HealthEngine engine)
        {
            while (Interlocked.CompareExchange(ref mode, Running, Resting) != Resting)
            {
                // The turn that ran may end between the two looks: then this one is not to be lost.
                if (Interlocked.CompareExchange(ref mode, RunningLate, Running) != Resting)
                {
                    return;
                }
            }

            engine.Enter();
            try
            {
                do
                {
                    await engine.RunLoopAsync(node);
                } while (!TryRest() && !HasEnded && !engine.Stopping.IsCancellationRequested);
            }
            finally
            {
                engine.Leave();
            }
        }

        private bool TryRest()
        {
            if (Interlocked.CompareExchange(ref mode, Resting, Running) == Running)
            {
                return true;
            }

            // Only this turn leaves RunningLate, so the next one begins with a plain write.
            Volatile.Write(ref mode, Running);
            return false;
        }
    }
}
