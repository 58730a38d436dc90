namespace Failover;

/// <summary>A named task that is served, and how long a request waits for it.</summary>
internal sealed class Component
{
    // As with Background, whose results are believed for three intervals: a task that takes three times its longest hangs.
    private const int OverdueFactor = 3;

    // A task whose longest time is next to nothing still has to be scheduled and run.
    private static readonly TimeSpan ShortestOverdue = TimeSpan.FromSeconds(1);

    private readonly HealthEngine engine;
    private readonly TimeSpan overdueAfter;
    private readonly List<(Observation Shown, Gate? Gate)> waiting = [];
    private ComponentDescription description;
    private Observation served;
    private Gate? newestGate;
    private int undoings;
    private bool isRetired;
    private HealthState? decided;
    private HealthState? reported;

    public Component(HealthEngine engine, ComponentDescription description, NodeRunner root)
    {
        this.engine = engine;
        this.description = description;
        Root = root;
        served = root.Newest;
        overdueAfter = TooLong(root.Description.LongestTime);
    }

    public string Name => Description.Name;

    public NodeRunner Root { get; }

    /// <summary>What was asked for; another one when the configuration has changed and the task has not.</summary>
    public ComponentDescription Description
    {
        get => Volatile.Read(ref description);
        set => Volatile.Write(ref description, value);
    }

    public PostAction? OnPost => Description.OnPost;

    /// <summary>What is shown: published whole, read without a lock.</summary>
    public Observation Served => Volatile.Read(ref served);

    /// <summary>When the state that is shown began, by the wall clock.</summary>
    public DateTimeOffset Since { get; private set; }

    /// <summary>Why this is a fail whatever its task says: it was latched when its toggle was taken from the description. Null
    /// where it is not.</summary>
    public string? HeldBy { get; set; }

    /// <summary>What the decision that is being made has it show; null where that is what it shows already. Under the lock.</summary>
    public Observation? ToShow { get; set; }

    // What was decided last that it shows, whether that may be shown yet or not.
    private Observation Newest => waiting is [.., var last] ? last.Shown : Served;

    /// <summary>What to answer now: from memory where background loops look at the world, else by an evaluation that whoever
    /// asks meanwhile shares.</summary>
    /// <remarks>At the response deadline the last known state is the answer, and the evaluation goes on. One that takes three
    /// times its longest answers <see cref="HealthState.Error"/>: what was known before is too old by then.</remarks>
    public ValueTask<Observation> AnswerAsync()
    {
        if (Root.IsDriven || HeldBy is not null)
        {
            return new(LastKnown());
        }

        int undoneBefore = Volatile.Read(ref undoings);
        Task<Observation> evaluation = Root.EvaluateAsync(new Round());
        return evaluation.IsCompletedSuccessfully && MayBeShown(undoneBefore)
            ? new(evaluation)
            : new(AwaitAsync(evaluation, undoneBefore));
    }

    /// <summary>What is decided to be shown, as a move for the history; null where it is none. Under the lock.</summary>
    public StoredTransition? Decide(Instant now, DateTimeOffset at)
    {
        Observation shown = ToShow ?? Newest;
        if (IsNothingYet(shown))
        {
            return null;
        }

        Observation read = Read(shown, now);
        HealthState? before = decided;
        decided = read.State;
        return before is { } from && from != read.State ? new(at, Name, from, read.State, read.Reason, read.Id) : null;
    }

    /// <summary>Shows what it would begin with, before it is served. Under the lock.</summary>
    public void Prepare() => Volatile.Write(ref served, ToShow ?? Served);

    /// <summary>Shows what was decided, behind a gate where there is one, and behind whatever waits already. Under the
    /// lock.</summary>
    public void Show(Gate? gate, Instant now)
    {
        Observation observation = ToShow ?? Newest;
        if (gate is null && waiting.Count == 0)
        {
            Publish(observation, now);
            return;
        }

        if (gate is null && waiting is [.., (_, null)])
        {
            waiting.RemoveAt(waiting.Count - 1);
        }

        waiting.Add((observation, gate));
        Volatile.Write(ref newestGate, gate ?? newestGate);
        ShowWhatMayBeShown(now);
    }

    /// <summary>Whether it shows a fail once all that is decided may be shown. Under the lock.</summary>
    public bool WillFail(Instant now) => Read(ToShow ?? Newest, now).State == HealthState.Fail;

    /// <summary>Shows what no longer waits for a gate. Under the lock.</summary>
    public void ShowWhatMayBeShown(Instant now)
    {
        DropWhatAFailOvertakes(now);
        int count = waiting.TakeWhile(one => one.Gate is null or { IsOpen: true }).Count();
        for (int i = 0; i < count; i++)
        {
            Publish(waiting[i].Shown, now);
        }

        waiting.RemoveRange(0, count);
        if (waiting.Count == 0)
        {
            Volatile.Write(ref newestGate, null);
        }
    }

    /// <summary>Drops what waits for gates that will not open, and all behind it; shows what is so. Under the lock.</summary>
    public void Forget(IReadOnlyCollection<Gate> undone, Decision decision)
    {
        int first = waiting.FindIndex(one => one.Gate is { } gate && undone.Contains(gate));
        if (first >= 0)
        {
            waiting.RemoveRange(first, waiting.Count - first);
        }

        // First so that who finds no gate finds this.
        Volatile.Write(ref undoings, undoings + 1);
        Volatile.Write(ref newestGate, waiting.Select(one => one.Gate).LastOrDefault(gate => gate is not null));
        decided = reported;
        decision.Show(this, Root.Newest);
    }

    /// <summary>Is served no longer: what its task still comes to answers those who wait, and ends no fail that was known before.
    /// Under the lock.</summary>
    public void Retire() => Volatile.Write(ref isRetired, true);

    /// <summary>Takes the place of a component of the same name whose task was another one. Under the lock.</summary>
    public void Succeed(Component before)
    {
        (decided, reported, Since) = (before.reported, before.reported, before.Since);
        served = before.Served;
    }

    /// <summary>Whether it shows something that has grown too old, which nobody has been told. Under the lock.</summary>
    public bool HasGoneStale(Instant now) =>
        Root.IsDriven && HeldBy is null && now > Served.FreshUntil && decided != HealthState.Error;

    private static TimeSpan TooLong(TimeSpan longest) =>
        longest >= DurationOption.Longest ? DurationOption.Longest
        : OverdueFactor * longest > ShortestOverdue ? OverdueFactor * longest
        : ShortestOverdue;

    // A check alone has no first state: before its first probe nothing is served that could change.
    private bool IsNothingYet(Observation shown) => !shown.IsEvidence && Root.Description is Check && HeldBy is null;

    private Observation Read(Observation shown, Instant now) =>
        HeldBy is { } latch ? Observation.WithoutEvidence(HealthState.Fail, latch) : shown.ReadAt(now);

    /// <summary>What is known now, without a look at anything.</summary>
    public Observation LastKnown() => Read(Served, engine.Clock.Now);

    // A fail that may be shown does not wait for a release before it that may yet be undone.
    private void DropWhatAFailOvertakes(Instant now)
    {
        int fail = waiting
            .TakeWhile(one => one.Gate is not { IsOpen: false, IsTentative: false })
            .ToList()
            .FindLastIndex(one => one.Gate is not { IsOpen: false } && Read(one.Shown, now).State == HealthState.Fail);
        if (fail > 0 && waiting.Take(fail).Any(one => one.Gate is { IsOpen: false }))
        {
            waiting.RemoveRange(0, fail);
            Volatile.Write(ref undoings, undoings + 1);
        }
    }

    private void Publish(Observation observation, Instant now)
    {
        Volatile.Write(ref served, observation);
        if (IsNothingYet(observation))
        {
            return;
        }

        Observation read = Read(observation, now);
        if (reported == read.State)
        {
            return;
        }

        if (reported is { } before)
        {
            engine.Publish(new StateChange(Name, before, read.State, read.Reason));
        }

        // A state that was gone on from has been so since before this process.
        bool isKept = reported is null && Root.Kept?.State == read.State;
        Since = isKept ? Root.KeptAt : engine.Clock.Time.GetUtcNow();
        reported = read.State;
    }

    // What an evaluation came to rests on nothing that waits for the store, and on nothing that was undone meanwhile.
    private bool MayBeShown(int undoneBefore) =>
        Volatile.Read(ref newestGate) is null
        && Volatile.Read(ref undoings) == undoneBefore
        && !(Volatile.Read(ref isRetired) && Served.State == HealthState.Fail && !IsNothingYet(Served));

    private async Task<Observation> AwaitAsync(Task<Observation> evaluation, int undoneBefore)
    {
        Instant? since;
        lock (engine.Judging)
        {
            since = Root.EvaluatingSince;
        }

        TimeSpan? deadline = Description.ResponseDeadline;
        TimeSpan untilOverdue = since is { } started ? started + overdueAfter - engine.Clock.Now : overdueAfter;
        TimeSpan patience = deadline < untilOverdue ? deadline.Value : untilOverdue;
        await (
            (Task)evaluation.WaitAsync(patience > TimeSpan.Zero ? patience : TimeSpan.Zero, engine.Clock.Time)
        ).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!evaluation.IsCompleted)
        {
            return deadline < untilOverdue ? LastKnown() : Overdue();
        }

        if (MayBeShown(undoneBefore))
        {
            return await evaluation;
        }

        // What was decided is on its way to the store: the answer is what may be shown, a moment later or as before.
        await (Volatile.Read(ref newestGate)?.Waited ?? Task.CompletedTask);
        return LastKnown();
    }

    private Observation Overdue()
    {
        Observation hangs = Observation.Error($"no result in {Units.Text(overdueAfter)}: the task hangs");
        using Decision decision = engine.Decide();
        // Unless its end has been seen just now.
        if (Root.EvaluatingSince is not null)
        {
            decision.Show(this, hangs);
        }

        return hangs;
    }
}
