namespace Failover;

/// <summary>Observations as the engine stamps them.</summary>
internal static class StampedObservation
{
    public static Observation At(Cell cell, long id) => At(TableWords.State(cell.What), cell.At, id);

    public static Observation At(HealthState state, Instant at, long id) =>
        Observation.WithoutEvidence(state, TableWords.Letter(state)) with
        {
            Id = id,
            Started = at,
            Ended = at,
        };
}
