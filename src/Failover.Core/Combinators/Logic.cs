using System.Collections.Immutable;
using System.Globalization;

namespace Failover.Abstractions;

/// <summary>Is ok where enough of its tasks are, and fail where too many are not: see <see cref="All"/>, <see cref="Any"/> and
/// <see cref="AtLeast"/>. All tasks are evaluated side by side.</summary>
/// <remarks>Three-valued (Kleene) logic: an <see cref="HealthState.Error"/> is neither, and the result is an error only where it
/// depends on such a task. The result rests on the tasks that decide it, and lasts as long as enough of them can be believed.</remarks>
public abstract record Logic : Combinator<NoMemory>
{
    private const int LongestReason = 200;
    private const int MostNamed = 3;

    private protected Logic(TaskList tasks) => Tasks = tasks;

    /// <summary>The tasks, in the order of their names, or of their texts where they have none.</summary>
    internal TaskList Tasks { get; }

    /// <inheritdoc/>
    public sealed override ImmutableArray<HealthTask> Children => [.. Tasks];

    /// <summary>The longest time of its slowest task.</summary>
    public sealed override TimeSpan LongestTime => Tasks.Max(task => task.LongestTime);

    /// <inheritdoc/>
    public sealed override string Summary => $"{Verb}({string.Join(", ", Tasks.Select(TextOf))})";

    /// <summary>The first word of the summary.</summary>
    private protected virtual string Verb => KindName;

    private protected abstract Kleene Rule { get; }

    private protected virtual long WeightOf(int index) => 1;

    internal sealed override bool PassesFirstStates => true;

    internal sealed override HealthState? InitialShownState
    {
        get
        {
            HealthState?[] states = [.. Tasks.Select(task => task.InitialShownState)];
            return Decide(states) ?? (states.Contains(null) ? null : Units.First);
        }
    }

    internal sealed override OkSources OkSources => Sources(Rule.Needed, task => task.OkSources);

    internal sealed override OkSources FailSources => Sources(Rule.NeededToFail, task => task.FailSources);

    internal sealed override HealthState? LatchedValue(object state, ReadOnlySpan<HealthState?> below) => Decide(below);

    internal sealed override bool IsDecidedBy(object state, IReadOnlyList<Observation?> definite) =>
        base.IsDecidedBy(state, definite) || Decide([.. definite.Select(one => Known(one))]) is not null;

    /// <inheritdoc/>
    public sealed override NoMemory CreateState(Instant now) => NoMemory.Instance;

    /// <inheritdoc/>
    public sealed override Step<NoMemory> Next(NoMemory state, IReadOnlyList<Observation?> seen, Instant now)
    {
        if (Decide([.. seen.Select(one => Known(one))]) is { } decided)
        {
            return new(state, Show(decided, seen));
        }

        return new(state, seen.Any(one => one is null) ? Observation.NotEvaluated(InitialShownState) : ShowError(seen));
    }

    private protected sealed override NodeExplanation Explain(
        NoMemory state,
        ImmutableArray<NodeExplanation> below,
        ObservationSchedule schedule,
        Instant now
    ) => new(Requirement, "");

    /// <summary>What it takes, as <c>ok needs 2 of 3</c>.</summary>
    private protected string Requirement =>
        string.Create(CultureInfo.InvariantCulture, $"ok needs {Rule.Needed} of {Rule.Total}");

    private HealthState? Decide(ReadOnlySpan<HealthState?> states)
    {
        (long ok, long fail) = (0, 0);
        for (int i = 0; i < states.Length; i++)
        {
            ok += states[i] == HealthState.Ok ? WeightOf(i) : 0;
            fail += states[i] == HealthState.Fail ? WeightOf(i) : 0;
        }

        return Rule.Of(ok, fail);
    }

    private static HealthState? Known(Observation? seen) =>
        seen is { State: not HealthState.Error and var state } ? state : null;

    private Observation Show(HealthState decided, IReadOnlyList<Observation?> seen)
    {
        List<Decider> deciders = [];
        for (int i = 0; i < seen.Count; i++)
        {
            if (seen[i] is { } one && one.State == decided)
            {
                deciders.Add(new(i, one, WeightOf(i)));
            }
        }

        long needed = Rule.NeededFor(decided);
        List<Decider> evident = deciders.FindAll(one => one.Seen.IsEvidence);
        bool isEvidence = evident.Sum(one => one.Weight) >= needed;
        List<Decider> basis = isEvidence ? evident : deciders;
        // Those that call for attention are named first.
        List<Decider> named = [.. deciders.OrderByDescending(one => one.Seen.HasWarning)];
        return Observation.WithoutEvidence(decided, Reason(named)) with
        {
            IsWarning = deciders.Exists(one => one.Seen.HasWarning),
            // The newest: a change of the result is never older than what was seen before it.
            Id = isEvidence ? basis.Max(one => one.Seen.Id) : 0,
            Started = Enough(basis, needed, one => one.Started),
            Ended = basis.Max(one => one.Seen.Ended),
            AllEndedSince = Enough(basis, needed, one => one.AllEndedSince),
            FreshUntil = Enough(deciders, needed, one => one.FreshUntil),
            EvidenceUntil = Enough(deciders, needed, one => one.EvidenceUntil),
        };
    }

    private Observation ShowError(IReadOnlyList<Observation?> seen)
    {
        List<Decider> unknown = [];
        for (int i = 0; i < seen.Count; i++)
        {
            if (seen[i] is { State: HealthState.Error } one)
            {
                unknown.Add(new(i, one, WeightOf(i)));
            }
        }

        return Observation.WithoutEvidence(HealthState.Error, Reason(unknown)) with
        {
            Id = unknown.Max(one => one.Seen.Id),
            Started = unknown.Min(one => one.Seen.Started),
            Ended = unknown.Max(one => one.Seen.Ended),
            // An ok that is held above for want of evidence lasts no longer than that evidence.
            EvidenceUntil = unknown.Min(one => Instant.Min(one.Seen.FreshUntil, one.Seen.EvidenceUntil)),
        };
    }

    // The latest moment for which those that have one as late as that weigh enough.
    private static Instant Enough(List<Decider> deciders, long needed, Func<Observation, Instant> moment)
    {
        Instant last = default;
        long weight = 0;
        foreach (Decider decider in deciders.OrderByDescending(one => moment(one.Seen)))
        {
            last = moment(decider.Seen);
            weight += decider.Weight;
            if (weight >= needed)
            {
                break;
            }
        }

        return last;
    }

    private string Reason(List<Decider> deciders)
    {
        string named = string.Join("; ", deciders.Take(MostNamed).Select(Text));
        string more =
            deciders.Count > MostNamed
                ? string.Create(CultureInfo.InvariantCulture, $"; {deciders.Count - MostNamed} more")
                : "";
        return Printable.Escape(named, LongestReason) + more;

        string Text(Decider decider) =>
            decider.Seen.Reason.Length > 0
                ? $"{Tasks.NameOf(decider.Index)}: {decider.Seen.Reason}"
                : Tasks.NameOf(decider.Index);
    }

    // A fire that is needed beside others counts as one, wherever it is.
    private OkSources Sources(long needed, Func<HealthTask, OkSources> of)
    {
        (long byEvidence, long byAny, bool hasFire) = (0, 0, false);
        foreach ((int index, HealthTask task) in Tasks.Index())
        {
            OkSources sources = of(task);
            byEvidence += sources.HasFlag(OkSources.Evidence) ? WeightOf(index) : 0;
            byAny += sources != OkSources.None ? WeightOf(index) : 0;
            hasFire |= sources.HasFlag(OkSources.Fire);
        }

        return (byEvidence >= needed ? OkSources.Evidence : OkSources.None)
            | (hasFire && byAny >= needed ? OkSources.Fire : OkSources.None);
    }

    private string TextOf(HealthTask task, int index) =>
        Tasks.HasNames ? $"{Tasks.NameOf(index)}: {task}" : task.Summary;

    private readonly record struct Decider(int Index, Observation Seen, long Weight);
}
