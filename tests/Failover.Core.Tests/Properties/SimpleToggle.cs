namespace Failover;

/// <summary>A toggle with a hysteresis that moves it to fail and a button that moves it back, deliberately simple: it
/// keeps all looks and, since its newest move, has a <see cref="SimpleHysteresis"/> judge them anew each time.</summary>
internal sealed class SimpleToggle(
    HealthState initialState,
    HealthState initialBelow,
    SimpleThreshold okAfter,
    SimpleThreshold failAfter
)
{
    private readonly List<Observation> looks = [];

    // Where the newest move left the hysteresis; null before the first: at its initial state.
    private HealthState? standing;
    private Instant since;
    private bool isFired;

    public HealthState State { get; private set; } = initialState;

    public bool Fire() => isFired = State == Fail;

    public void Restart(Instant now) => (standing, since, isFired) = (null, now, false);

    /// <param name="look">What the check saw; null where it did not look.</param>
    /// <param name="now">The time of the judgement.</param>
    public void Judge(Observation? look, Instant now)
    {
        looks.AddRange(look is null ? [] : [look]);
        if (State == Fail && isFired)
        {
            (State, standing, since, isFired) = (Ok, Ok, now, false);
        }
        else if (State == Ok && looks.LastOrDefault()?.Started >= since)
        {
            SimpleHysteresis below = new(standing ?? initialBelow, okAfter, failAfter, errorAfter: null);
            HealthState judged = State;
            foreach (Observation seen in looks.Where(seen => seen.Started >= since))
            {
                judged = below.See(seen);
            }

            (State, since) = judged == Fail ? (Fail, now) : (State, since);
        }
    }
}
