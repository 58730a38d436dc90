namespace Failover;

// What is noted of probes and of what is served, for people. Nothing is decided by it.
internal sealed partial class HealthMachine
{
    // A state that requests alone keep up to date is taken for what it was for so long after each.
    private static readonly TimeSpan OnDemandCoverage = TimeSpan.FromMinutes(1);

    /// <summary>The newest probes of each check; null: they are not kept.</summary>
    public ProbeLog? ProbeLog { get; init; }

    /// <summary>What roll-ups are made of; null: none are made.</summary>
    public HistoryLog? HistoryLog { get; init; }

    /// <summary>The newest probes of a component's checks, the newest first.</summary>
    /// <param name="component">The component.</param>
    /// <param name="limit">At most so many.</param>
    public static IReadOnlyList<RecordedProbe> RecordedProbes(ServedComponent component, int limit) =>
        [
            .. AllBelow(component.Root)
                .SelectMany(node => node.Probes?.Read().Reverse() ?? [])
                .OrderByDescending(probe => probe.At)
                .Take(limit),
        ];

    private void NoteProbe(Node check, Observation seen, TimeSpan duration)
    {
        CountProbe(check, seen, duration);
        ProbeLog?.Add(check, wall - (now - seen.Ended), duration, seen);
        HistoryLog?.Add(new(check, now, duration, seen.State));
    }

    private void NoteServed(ServedComponent component, Snapshot before, Snapshot served)
    {
        if (HistoryLog is null || !(IsBasedOnSomething(before) || IsBasedOnSomething(served)))
        {
            return;
        }

        Instant until =
            served.IsLatched ? Instant.Never
            : !IsBasedOnSomething(served) || component.Root.Shown.FreshUntil < now ? now
            : component.IsOnDemand ? Instant.Min(served.FreshUntil, now + OnDemandCoverage)
            : served.FreshUntil;
        HistoryLog.Add(new(component, now, until - now, served.State));
    }

    private static bool IsBasedOnSomething(Snapshot served) => served.IsLatched || served.Evidence != 0;

    private void NotePause(Instant from) =>
        HistoryLog?.Add(new(Subject: null, now, Length: now - from, HealthState.Error));
}
