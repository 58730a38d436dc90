namespace Failover;

/// <summary>Three-valued logic (Kleene): what is not known decides nothing, and is needed only where the rest does not decide.</summary>
/// <param name="Needed">The weight of ok that makes the result ok.</param>
/// <param name="Total">The weight of all.</param>
internal readonly record struct Kleene(long Needed, long Total)
{
    /// <summary>The weight of fail that makes the result fail: so much that what is left does not suffice.</summary>
    public long NeededToFail => Total - Needed + 1;

    /// <summary>The weight of a state that makes the result that state.</summary>
    public long NeededFor(HealthState state) => state == HealthState.Ok ? Needed : NeededToFail;

    /// <summary>The result; null where it is not decided.</summary>
    /// <param name="ok">The weight that is ok.</param>
    /// <param name="fail">The weight that is at fail. The rest is not known.</param>
    public HealthState? Of(long ok, long fail) =>
        ok >= Needed ? HealthState.Ok
        : fail >= NeededToFail ? HealthState.Fail
        : null;
}
