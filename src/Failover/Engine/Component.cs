namespace Failover;

/// <summary>A named task that is served, and how long a request waits for it.</summary>
internal sealed class Component(
    HealthEngine engine,
    string name,
    NodeRunner root,
    PostAction? onPost,
    TimeSpan? responseDeadline
)
{
    // As with Background, whose results are believed for three intervals: a task that takes three times its longest hangs.
    private const int OverdueFactor = 3;

    // A task whose longest time is next to nothing still has to be scheduled and run.
    private static readonly TimeSpan ShortestOverdue = TimeSpan.FromSeconds(1);

    private HealthState? reported;

    public string Name => name;

    public NodeRunner Root => root;

    public PostAction? OnPost => onPost;

    public TimeSpan? ResponseDeadline => responseDeadline;

    private TimeSpan OverdueAfter { get; } = TooLong(root.Description.LongestTime);

    /// <summary>What to answer now: from memory where background loops look at the world, else by an evaluation that whoever
    /// asks meanwhile shares.</summary>
    /// <remarks>At the response deadline the last known state is the answer, and the evaluation goes on. One that takes three
    /// times its longest answers <see cref="HealthState.Error"/>: what was known before is too old by then.</remarks>
    public ValueTask<Observation> AnswerAsync()
    {
        if (root.IsDriven)
        {
            return new(LastKnown());
        }

        Task<Observation> evaluation = root.EvaluateAsync(new Round());
        return evaluation.IsCompletedSuccessfully ? new(evaluation) : new(AwaitAsync(evaluation));
    }

    /// <summary>Reports a change of what is served, if it is one. Under the lock.</summary>
    public void Report(Observation shown, Instant now)
    {
        // A check alone has no first state: before its first probe nothing is served that could change.
        if (!shown.IsEvidence && root.Description is Check)
        {
            return;
        }

        Observation served = shown.ReadAt(now);
        if (reported is { } before && before != served.State)
        {
            engine.Publish(new StateChange(name, before, served.State, served.Reason));
        }

        reported = served.State;
    }

    private static TimeSpan TooLong(TimeSpan longest) =>
        longest >= DurationOption.Longest ? DurationOption.Longest
        : OverdueFactor * longest > ShortestOverdue ? OverdueFactor * longest
        : ShortestOverdue;

    private Observation LastKnown() => root.Newest.ReadAt(engine.Clock.Now);

    private async Task<Observation> AwaitAsync(Task<Observation> evaluation)
    {
        Instant? since;
        lock (engine.Judging)
        {
            since = root.EvaluatingSince;
        }

        TimeSpan untilOverdue = since is { } started ? started + OverdueAfter - engine.Clock.Now : OverdueAfter;
        TimeSpan patience = responseDeadline < untilOverdue ? responseDeadline.Value : untilOverdue;
        await (
            (Task)evaluation.WaitAsync(patience > TimeSpan.Zero ? patience : TimeSpan.Zero, engine.Clock.Time)
        ).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (evaluation.IsCompleted)
        {
            return await evaluation;
        }

        return responseDeadline < untilOverdue ? LastKnown() : Overdue();
    }

    private Observation Overdue()
    {
        Observation hangs = Observation.Error($"no result in {Units.Text(OverdueAfter)}: the task hangs");
        lock (engine.Judging)
        {
            // Unless its end has been seen just now.
            if (root.EvaluatingSince is not null)
            {
                Report(hangs, engine.Clock.Now);
            }
        }

        return hangs;
    }
}
