namespace Failover;

/// <summary>What a task of several is for each combination of states below it: <c>OFE -> F</c>.</summary>
internal static class TruthTable
{
    /// <summary>Children that are never evaluated, as many as the rows have letters.</summary>
    public static ProbeStub[] Children(int count) =>
        [.. Enumerable.Range(1, count).Select(i => new ProbeStub($"c{i}"))];

    /// <summary>Holds a task to each row of a table; the order of the letters is that of its children.</summary>
    public static void Holds(HealthTask task, string table)
    {
        foreach (
            string row in table.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        )
        {
            string[] halves = row.Split(" -> ");
            Judge(task, halves[0]).ShouldBe(halves[1], row);
        }
    }

    /// <summary>The letter of the result.</summary>
    public static string Judge(HealthTask task, string states) =>
        TableWords.Letter(Show(task, [.. states.Select((letter, index) => See(letter.ToString(), index + 1))]).State);

    /// <summary>What the task shows.</summary>
    public static Observation Show(HealthTask task, params Observation?[] seen)
    {
        Combinator combinator = (Combinator)task;
        return combinator.Judge(combinator.CreateUntypedState(default), seen, default).Observation;
    }

    /// <summary>An observation with the given number as its identity and as the second at which it was made.</summary>
    public static Observation See(string letter, int number, string reason = "") =>
        StampedObservation.At(TableWords.State(letter), new(Second(number)), number) with
        {
            Reason = reason,
        };
}
