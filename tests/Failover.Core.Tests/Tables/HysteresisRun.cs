namespace Failover;

/// <summary>A hysteresis that is led through the <c>seen</c> row of a table.</summary>
/// <remarks>Cells: <c>O F E</c> a new observation, <c>=</c> the newest one read again, <c>&lt;</c> one that began before
/// the newest fresh start, <c>-</c> one without evidence, <c>.</c> not evaluated, <c>*O</c> and <c>*F</c> a fresh start
/// under a toggle that has moved to ok or fail.</remarks>
internal static class HysteresisRun
{
    /// <param name="Cell">What happened.</param>
    /// <param name="Seen">What was read; null for a fresh start and where nothing was looked at.</param>
    /// <param name="State">What is remembered from then on.</param>
    /// <param name="Shown">What is shown.</param>
    /// <param name="Reason">Why.</param>
    public sealed record Moment(
        Cell Cell,
        Observation? Seen,
        Hysteresis.Judgement State,
        HealthState Shown,
        string Reason
    );

    public static IEnumerable<Moment> Play(DecisionTable table, HealthTask below)
    {
        Hysteresis hysteresis = new(
            below,
            table.State("initial", Ok),
            table.Threshold("ok_after"),
            table.Threshold("fail_after"),
            table.Threshold("error_after")
        );
        Hysteresis.Judgement state = hysteresis.CreateState(default);
        Observation newest = Observation.WithoutEvidence(Ok, "");
        long id = 0;
        foreach (Cell cell in table.Row("seen"))
        {
            if (cell.What is "*O" or "*F")
            {
                state = hysteresis.Restart(state, TableWords.State(cell.What[1..]), cell.At);
                yield return new(cell, null, state, state.State, "fresh start");
                continue;
            }

            Observation? seen = cell.What switch
            {
                "." => null,
                "-" => Observation.WithoutEvidence(Fail, "no result yet"),
                _ => cell.IsAgain ? newest : newest = StampedObservation.At(cell, ++id),
            };
            if (seen is not null && cell.IsEarly)
            {
                seen = newest = seen with { Started = state.Since + TimeSpan.FromTicks(-1) };
            }

            Step<Hysteresis.Judgement> step = hysteresis.Next(state, [seen], cell.At);
            state = step.State;
            yield return new(cell, seen, state, step.Observation.State, step.Observation.Reason);
        }
    }
}
