namespace Failover;

/// <summary>What adds up in the row of a roll-up: milliseconds, probes, and the longest in microseconds.</summary>
internal readonly record struct RollUpSums(long Ok, long Fail, long Error, long Probes, long Longest)
{
    public static RollUpSums operator +(RollUpSums left, RollUpSums right) =>
        new(
            left.Ok + right.Ok,
            left.Fail + right.Fail,
            left.Error + right.Error,
            left.Probes + right.Probes,
            Math.Max(left.Longest, right.Longest)
        );

    public static RollUpSums Of(RollUpRow row) =>
        new(
            (long)Math.Round(row.Times.Ok.TotalMilliseconds),
            (long)Math.Round(row.Times.Fail.TotalMilliseconds),
            (long)Math.Round(row.Times.Error.TotalMilliseconds),
            row.Probes,
            row.Longest.Ticks / TimeSpan.TicksPerMicrosecond
        );

    /// <summary>Reads the row that a statement is at, which begins with these columns and the sketch.</summary>
    /// <param name="row">The statement.</param>
    /// <param name="sketch">What the row's sketch is added to. A damaged one adds what can be read of it.</param>
    public static RollUpSums Read(SqliteStatement row, LatencySketch sketch)
    {
        _ = sketch.TryAdd(row.Bytes(5));
        return new(row.Number(0), row.Number(1), row.Number(2), row.Number(3), row.Number(4));
    }

    /// <summary>Gives them to a statement.</summary>
    public void Bind(SqliteStatement statement, int first)
    {
        statement.Bind(first, Ok);
        statement.Bind(first + 1, Fail);
        statement.Bind(first + 2, Error);
        statement.Bind(first + 3, Probes);
        statement.Bind(first + 4, Longest);
    }

    /// <summary>The roll-up with these sums.</summary>
    public LatencyRollUp Document(long at, LatencySketch sketch)
    {
        TimeSpan longest = TimeSpan.FromMicroseconds(Longest);
        return new(
            DateTimeOffset.FromUnixTimeSeconds(at),
            new(TimeSpan.FromMilliseconds(Ok), TimeSpan.FromMilliseconds(Fail), TimeSpan.FromMilliseconds(Error)),
            Probes,
            Least(sketch.Percentile(0.5), longest),
            Least(sketch.Percentile(0.99), longest),
            longest
        );
    }

    // The middle of a bucket may be above all that is in it.
    private static TimeSpan Least(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
