namespace Failover;

/// <summary>A button that is led through the <c>do</c> row of a table.</summary>
/// <remarks>Cells: <c>R</c> an evaluation, <c>X</c> a fire, <c>*</c> a fresh start.</remarks>
internal static class OneshotRun
{
    /// <param name="Cell">What happened.</param>
    /// <param name="Shown">What an evaluation gave; null for anything else.</param>
    public sealed record Moment(Cell Cell, HealthState? Shown);

    public static IEnumerable<Moment> Play(DecisionTable table)
    {
        Oneshot oneshot = new(table.State("default", Fail), auth: null, table.Duration("expires"));
        Oneshot.Trigger state = oneshot.CreateState(default);
        foreach (Cell cell in table.Row("do"))
        {
            HealthState? shown = null;
            switch (cell.What)
            {
                case "X":
                    state = Oneshot.Arm(cell.At);
                    break;
                case "*":
                    state = oneshot.Restart(state, Fail, cell.At);
                    break;
                case "R":
                    bool isArmed = oneshot.IsArmed(state, cell.At);
                    Step<Oneshot.Trigger> step = oneshot.Next(state, [], cell.At);
                    state = step.State;
                    shown = step.Observation.State;
                    isArmed.ShouldBe(shown != oneshot.DefaultState, cell.Text);
                    break;
                default:
                    throw new FormatException($"{cell.Text}: accepted: R, X, *");
            }

            yield return new(cell, shown);
        }
    }
}
