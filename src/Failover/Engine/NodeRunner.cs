using System.Collections.Immutable;

namespace Failover;

/// <summary>One distinct task at run time: its state, and one evaluation at a time.</summary>
/// <remarks>
/// <para>State changes in one way only, under the lock of the engine: <see cref="Judge"/> gives a combinator what its children
/// show and takes its step. An evaluation, a background loop, a fired oneshot: all end there.</para>
/// <para>A node is <em>driven</em> when background loops below it look at the world: every result of a loop has it judged
/// again, and whoever asks only reads. Every other node is evaluated when it is asked.</para>
/// </remarks>
internal sealed class NodeRunner
{
    private readonly HealthEngine engine;
    private readonly Combinator? combinator;
    private object state = string.Empty;
    private Observation newest = Observation.WithoutEvidence(HealthState.Fail, "not evaluated yet");
    private TaskCompletionSource<Observation>? evaluating;
    private bool hasBegun;

    public NodeRunner(
        HealthEngine engine,
        HealthTask task,
        string key,
        string fingerprint,
        int order,
        ImmutableArray<NodeRunner> children
    )
    {
        this.engine = engine;
        Description = task;
        Key = key;
        Fingerprint = fingerprint;
        Order = order;
        Children = children;
        combinator = task as Combinator;
        HasOnDemandCheck = task.HasOnDemandCheck;
        IsDriven = task.HasBackground && !HasOnDemandCheck;
        LinkChildren();
    }

    public HealthTask Description { get; }

    /// <summary>Where it stands: the same in the next process.</summary>
    public string Key { get; }

    /// <summary>Of the component's task or the named task that it belongs to: equal where all of that is.</summary>
    public string Fingerprint { get; }

    /// <summary>Children come before their parents.</summary>
    public int Order { get; }

    public ImmutableArray<NodeRunner> Children { get; }

    public List<NodeRunner> Parents { get; } = [];

    /// <summary>The components that serve this node.</summary>
    public List<Component> Components { get; } = [];

    /// <summary>Where it is served, if it latches.</summary>
    public List<LatchPlace> Places { get; } = [];

    public bool Latches => combinator?.Latches == true;

    /// <summary>What is stored of it, or on its way there; null where nothing is. Under the lock, as the two below.</summary>
    public Lasting? Kept { get; set; }

    /// <summary>When it came to that, by the wall clock.</summary>
    public DateTimeOffset KeptAt { get; set; }

    /// <summary>Whether it is no longer part of what is served: what it still decides changes nothing.</summary>
    public bool IsRetired { get; private set; }

    /// <summary>What it remembers beyond the life of the process; null where that is nothing worth going on from.</summary>
    public Lasting? Keep() => combinator?.Keep(state);

    /// <summary>While a graph begins, whether this has stood before, here or in the process before. Under the lock.</summary>
    public bool GoesOn { get; private set; }

    public bool IsDriven { get; }

    public bool HasOnDemandCheck { get; }

    /// <summary>What this node shows: published whole, read without a lock.</summary>
    public Observation Newest => Volatile.Read(ref newest);

    /// <summary>When the evaluation that now runs began; null when none runs.</summary>
    public Instant? EvaluatingSince { get; private set; }

    /// <summary>Whether a combinator of this state evaluates that child. Under the lock.</summary>
    public bool Wants(NodeRunner child) =>
        combinator is not null && Children.Index().Any(at => at.Item == child && combinator.Wants(state, at.Index));

    /// <summary>The state before anything was seen, or the one that is gone on from. Under the lock, children first.</summary>
    public void Begin(Decision decision, Lasting? kept = null, TimeSpan age = default)
    {
        GoesOn = kept is not null;
        if (combinator is not null)
        {
            state = kept is null ? combinator.BeginAt(decision.Now) : combinator.ResumeAt(kept, age, decision.Now);
        }

        HandOver(decision);
        ShowWithoutEvidence(decision);
    }

    /// <summary>Goes back to what it remembered, for what it has decided since is undone. Under the lock.</summary>
    public void Undo(Change change, Decision decision)
    {
        state = change.Before is null
            ? combinator!.BeginAt(decision.Now)
            : combinator!.ResumeAt(change.Before, TimeSpan.Zero, decision.Now);
        (Kept, KeptAt) = (change.Before, change.BeforeAt);
        ShowWithoutEvidence(decision);
    }

    /// <summary>Stands latched at fail. Under the lock.</summary>
    public void Latch(string reason, Decision decision)
    {
        if (Keep()?.State != HealthState.Fail)
        {
            state = combinator!.ResumeAt(Lasting.Of(HealthState.Fail, reason), TimeSpan.Zero, decision.Now);
            HandOver(decision);
            ShowWithoutEvidence(decision);
        }
        else if (!IsInWhatBegins)
        {
            return;
        }

        // A latch is known, and not only assumed: it counts for what begins above. What goes on there counts it once.
        long id = Newest.IsEvidence ? Newest.Id : engine.NextId();
        Show(Newest with { Id = id, Started = decision.Now, Ended = decision.Now }, decision);
    }

    /// <summary>Takes its place among the nodes of another graph: whoever is above and serves it says so anew. Under the
    /// lock, children first.</summary>
    public void Relink()
    {
        Parents.Clear();
        Components.Clear();
        LinkChildren();
        GoesOn = true;
    }

    /// <summary>From now on a toggle above says where it begins, as always. Under the lock.</summary>
    public void EndBeginning() => (GoesOn, hasBegun) = (false, true);

    /// <summary>Ends its part in what is served; an evaluation that runs goes on to its end. Under the lock.</summary>
    public void Retire()
    {
        IsRetired = true;
        Parents.Clear();
        Components.Clear();
    }

    /// <summary>Forgets what was judged, here and below. Under the lock.</summary>
    /// <param name="standing">The state that the toggle above has moved to.</param>
    /// <param name="decision">The move.</param>
    public void StartAfresh(HealthState standing, Decision decision)
    {
        foreach (NodeRunner child in Children)
        {
            child.StartAfresh(standing, decision);
        }

        if (combinator is not null)
        {
            state = combinator.StartAfresh(state, standing, decision.Now);
            ShowWithoutEvidence(decision);
        }
    }

    /// <summary>Looks now, or shares the look that is under way; a driven node is only read. Never fails.</summary>
    public Task<Observation> EvaluateAsync(Round round)
    {
        TaskCompletionSource<Observation> evaluation;
        lock (engine.Judging)
        {
            if (IsDriven)
            {
                return Task.FromResult(Newest.ReadAt(engine.Clock.Now));
            }

            if (round.TryFind(this, out Task<Observation>? known))
            {
                return known;
            }

            if (evaluating is { Task: var shared })
            {
                round.Remember(this, shared);
                return shared;
            }

            evaluation = new(TaskCreationOptions.RunContinuationsAsynchronously);
            evaluating = evaluation;
            EvaluatingSince = engine.Clock.Now;
            round.Remember(this, evaluation.Task);
            engine.Enter();
        }

        _ = RunAsync(round, evaluation);
        return evaluation.Task;
    }

    /// <summary>Judges this node again from what its children show, if none of those that it wants would have to look at the
    /// world first. Under the lock.</summary>
    /// <param name="changed">Nodes that have just been judged: what they show counts as looked at. Those that are judged on the
    /// way are added, so that a fire is used once and yet seen by all above it.</param>
    /// <param name="decision">The decision that this is a part of.</param>
    public bool TryJudgeFromMemory(ISet<NodeRunner> changed, Decision decision)
    {
        if (combinator is null)
        {
            return false;
        }

        for (int i = 0; i < Children.Length; i++)
        {
            if (combinator.Wants(state, i) && Children[i].HasOnDemandCheck && !changed.Contains(Children[i]))
            {
                return false;
            }
        }

        Judge(ReadChildren(changed, decision), decision);
        changed.Add(this);
        return true;
    }

    /// <summary>Everything that explains it. Under the lock.</summary>
    public NodeView View() => new(state, Newest);

    /// <summary>Whether it is a oneshot that is not armed. Under the lock.</summary>
    public bool CanArm(Instant now) => Description is Oneshot oneshot && !oneshot.IsArmed((Oneshot.Trigger)state, now);

    /// <summary>Arms a oneshot, if it is one and is not armed yet. Under the lock.</summary>
    public bool TryArm(Decision decision)
    {
        if (!CanArm(decision.Now))
        {
            return false;
        }

        state = Oneshot.Arm(decision.Now);
        decision.Touch(this);
        return true;
    }

    // Whether anything from here upwards has not stood before the graph that begins.
    private bool IsInWhatBegins => !hasBegun || Parents.Exists(parent => parent.IsInWhatBegins);

    private void LinkChildren()
    {
        foreach (NodeRunner child in Children.Distinct())
        {
            child.Parents.Add(this);
        }
    }

    // A child that goes on from where it stood needs nobody to say where it begins.
    private void HandOver(Decision decision)
    {
        if (combinator?.HandsOverAt(state) is not { } standing)
        {
            return;
        }

        foreach (NodeRunner child in Children.Where((child, index) => !child.GoesOn && combinator.Wants(state, index)))
        {
            child.StartAfresh(standing, decision);
        }
    }

    private async Task RunAsync(Round round, TaskCompletionSource<Observation> evaluation)
    {
        Instant started = engine.Clock.Now;
        Observation shown;
        try
        {
            shown = Description is Check check
                ? Conclude(await Probe.RunAsync(check, engine.Clock.Time, engine.UserCode, engine.Stopping), started)
                : await EvaluateChildrenAsync(round);
        }
#pragma warning disable CA1031 // Whatever breaks here is an observation like any other: no loop and no request may die of it.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            shown = Conclude(Probe.Broken(exception), started);
        }

        evaluation.SetResult(shown);
        engine.Leave();
    }

    private async Task<Observation> EvaluateChildrenAsync(Round round)
    {
        int undoings = engine.Undoings;
        bool[] isAsked;
        lock (engine.Judging)
        {
            isAsked = [.. Children.Select((child, i) => combinator!.Wants(state, i) || child.IsDriven)];
        }

        Task<Observation>?[] asked = new Task<Observation>?[isAsked.Length];
        for (int i = 0; i < asked.Length; i++)
        {
            asked[i] = isAsked[i] ? Children[i].EvaluateAsync(round) : null;
        }

        Observation?[] seen = new Observation?[asked.Length];
        for (int i = 0; i < asked.Length; i++)
        {
            seen[i] = asked[i] is { } evaluation ? await evaluation : null;
        }

        using Decision decision = engine.Decide();
        EndEvaluation();
        // What was seen may rest on what has been undone since.
        bool isSo = engine.Undoings == undoings;
        Observation?[] so = [.. seen.Select((one, i) => isSo || one is null ? one : Children[i].Newest)];
        Judge(Array.ConvertAll(so, observation => observation?.ReadAt(decision.Now)), decision);
        return newest;
    }

    private Observation Conclude(Observation seen, Instant started)
    {
        using Decision decision = engine.Decide();
        EndEvaluation();
        Show(seen with { Id = engine.NextId(), Started = started, Ended = decision.Now }, decision);
        return newest;
    }

    private void EndEvaluation() => (evaluating, EvaluatingSince) = (null, null);

    private Observation?[] ReadChildren(ISet<NodeRunner> changed, Decision decision)
    {
        Observation?[] seen = new Observation?[Children.Length];
        for (int i = 0; i < Children.Length; i++)
        {
            NodeRunner child = Children[i];
            bool isAsked = !child.IsDriven && combinator!.Wants(state, i);
            if (isAsked && !changed.Contains(child))
            {
                child.TryJudgeFromMemory(changed, decision);
            }

            seen[i] = child.IsDriven || isAsked ? child.Newest.ReadAt(decision.Now) : null;
        }

        return seen;
    }

    private void Judge(IReadOnlyList<Observation?> seen, Decision decision)
    {
        Step<object> step = combinator!.Judge(state, seen, decision.Now);
        state = step.State;
        foreach (HealthTask child in IsRetired ? [] : step.StartAfresh)
        {
            // By its place: a child that goes on below what is new was made of an equal description, and not of this one.
            int index = Description.Children.Index().First(at => ReferenceEquals(at.Item, child)).Index;
            Children[index].StartAfresh(step.Observation.State, decision);
        }

        decision.Touch(this);
        Show(Stamp(step.Observation, decision.Now), decision);
    }

    private Observation Stamp(Observation shown, Instant now) =>
        shown.IsStamped ? shown : shown with { Id = engine.NextId(), Started = now, Ended = now };

    private void Show(Observation shown, Decision decision)
    {
        Volatile.Write(ref newest, shown);
        foreach (Component component in Components)
        {
            decision.Show(component, shown);
        }
    }

    // What driven children show is given as if it were no evidence: it decides nothing, and says only for how long the first
    // state may be served without any.
    private void ShowWithoutEvidence(Decision decision)
    {
        if (combinator is null)
        {
            Show(Observation.WithoutEvidence(HealthState.Fail, "not evaluated yet"), decision);
            return;
        }

        bool isLoop = Description is Background;
        object remembered = state;
        // A fire that is remembered is not used up by being shown.
        state = Description is Oneshot ? combinator.BeginAt(decision.Now) : state;
        Judge([.. Children.Select(child => child.IsDriven && !isLoop ? child.Newest with { Id = 0 } : null)], decision);
        state = Description is Oneshot ? remembered : state;
    }
}
