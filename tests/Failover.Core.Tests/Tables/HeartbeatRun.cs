namespace Failover;

/// <summary>A heartbeat that is led through the <c>do</c> row of a table.</summary>
/// <remarks>Cells: <c>O</c>, <c>F</c>, <c>E</c> a beat that says so; <c>R</c> nothing but time; <c>*</c> a fresh start by a toggle that has
/// moved to ok, <c>!</c> to fail; <c>X</c> a restart of the process, after a downtime of no account; <c>P</c> the end of a pause that
/// began with the cell before; <c>V</c> an edit, to the same values. What is shown is what a reader sees then.</remarks>
internal static class HeartbeatRun
{
    public static IEnumerable<string> Play(DecisionTable table)
    {
        HeartbeatCheck heartbeat = new(
            table.Duration("every") ?? Second(60),
            table.Duration("grace") ?? Second(10),
            initialState: table.State("initial", Ok)
        );
        object state = heartbeat.CreateState(default);
        Instant before = default;
        foreach (Cell cell in table.Row("do"))
        {
            state = cell.What switch
            {
                "O" => heartbeat.AfterBeat(state, Observation.Ok(), cell.At)!,
                "F" => heartbeat.AfterBeat(state, Observation.Fail("full"), cell.At)!,
                "E" => heartbeat.AfterBeat(state, Observation.Error("?"), cell.At)!,
                "R" => state,
                "*" => heartbeat.Restart(state, Ok, cell.At),
                "!" => heartbeat.Restart(state, Fail, cell.At),
                "X" => Restored(heartbeat, state, cell.At),
                "P" => heartbeat.AfterPause(state, before, cell.At),
                "V" => heartbeat.AfterEdit(state, cell.At),
                _ => throw new FormatException($"{cell.Text}: accepted: O, F, E, R, *, !, X, P, V"),
            };
            Step<object> step = heartbeat.Judge(state, [], cell.At);
            state = step.State;
            before = cell.At;
            yield return TableWords.Letter(step.Observation.ReadAt(cell.At).State);
        }
    }

    private static object Restored(HeartbeatCheck heartbeat, object state, Instant at)
    {
        PersistedState persisted = heartbeat.ToPersistedState(state)!;
        return heartbeat.RestoreAt(persisted with { Since = null }, at - persisted.Since!.Value, at);
    }
}
