namespace Failover;

/// <summary>The hysteresis, deliberately simple: it keeps everything that it ever saw and judges all of it each time, by
/// the sentence: the state changes only when the observations since the last one that agreed with the state have all
/// been contrary and reach the threshold of the new state.</summary>
internal sealed class SimpleHysteresis(
    HealthState initial,
    SimpleThreshold okAfter,
    SimpleThreshold failAfter,
    SimpleThreshold? errorAfter
)
{
    private readonly List<Observation> everything = [];
    private HealthState standing = initial;
    private Instant since;
    private int before;

    public void Restart(HealthState stand, Instant now) => (standing, since, before) = (stand, now, everything.Count);

    public HealthState See(Observation? seen)
    {
        everything.AddRange(seen is null ? [] : [seen]);
        List<Observation> looks =
        [
            .. everything
                .Skip(before)
                .Where(look => look.IsEvidence && look.Started >= since)
                .ExceptBy(everything.Take(before).Select(look => look.Id), look => look.Id)
                .DistinctBy(look => look.Id),
        ];
        List<Observation> errors = [.. looks.AsEnumerable().Reverse().TakeWhile(look => look.State == Error).Reverse()];
        return errors.Count > 0 && errorAfter?.IsReachedBy(errors) == true ? Error : Judge(looks);
    }

    private HealthState Judge(List<Observation> looks)
    {
        if (looks is [])
        {
            return standing;
        }

        HealthState state = Judge(looks[..^1]);
        // Undecided, the first definite one decides.
        if (state == First)
        {
            return looks[^1].State;
        }

        List<Observation> contrary =
        [
            .. looks.Where(look => look.State != Error).Reverse().TakeWhile(look => look.State != state).Reverse(),
        ];
        SimpleThreshold threshold = state == Ok ? failAfter : okAfter;
        HealthState other = state == Ok ? Fail : Ok;
        return contrary.Count > 0 && threshold.IsReachedBy(contrary) ? other : state;
    }
}
