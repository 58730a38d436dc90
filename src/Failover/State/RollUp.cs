using System.Collections.Immutable;

namespace Failover;

/// <summary>What the components were in one period, with the latency of their probes.</summary>
/// <param name="From">When the minute begins, by the wall clock.</param>
/// <param name="Rows">A row for each component that was observed.</param>
/// <param name="Sketches">The sketches of all rows, one behind the other (<see cref="LatencySketch.Writer"/>).</param>
internal sealed record RollUpBatch(DateTimeOffset From, ImmutableArray<RollUpRow> Rows, ReadOnlyMemory<byte> Sketches)
{
    /// <summary>The sketch of a row.</summary>
    public ReadOnlySpan<byte> SketchOf(RollUpRow row) => Sketches.Span.Slice(row.SketchAt, row.SketchLength);
}

/// <summary>What one component was in that period.</summary>
/// <param name="Component">The path without its leading slash.</param>
/// <param name="Times">For how long it served each state while that was known.</param>
/// <param name="Probes">How many probes of its checks could tell the state of their target.</param>
/// <param name="Longest">The longest of them.</param>
/// <param name="SketchAt">Where the sketch of them begins.</param>
/// <param name="SketchLength">How long that is.</param>
internal readonly record struct RollUpRow(
    string Component,
    StateTimes Times,
    long Probes,
    TimeSpan Longest,
    int SketchAt,
    int SketchLength
);

/// <summary>For how long a component served each state while that was known.</summary>
internal readonly record struct StateTimes(TimeSpan Ok, TimeSpan Fail, TimeSpan Error)
{
    /// <summary>For how long its state was known.</summary>
    public TimeSpan Observed => Ok + Fail + Error;

    public static StateTimes operator +(StateTimes left, StateTimes right) =>
        new(left.Ok + right.Ok, left.Fail + right.Fail, left.Error + right.Error);

    /// <summary>With more of one state.</summary>
    public StateTimes With(HealthState state, TimeSpan more) =>
        state switch
        {
            HealthState.Ok => this with { Ok = Ok + more },
            HealthState.Fail => this with { Fail = Fail + more },
            HealthState.Error => this with { Error = Error + more },
            _ => throw new ArgumentOutOfRangeException(nameof(state), state, "no such state"),
        };
}

/// <summary>A roll-up as it is read.</summary>
/// <param name="From">When the period begins, by the wall clock.</param>
/// <param name="Times">For how long the component served each state while that was known.</param>
/// <param name="Probes">How many probes could tell the state of their target.</param>
/// <param name="P50">Half of them took at most so long.</param>
/// <param name="P99">99 % of them took at most so long.</param>
/// <param name="Longest">The longest of them.</param>
internal sealed record LatencyRollUp(
    DateTimeOffset From,
    StateTimes Times,
    long Probes,
    TimeSpan P50,
    TimeSpan P99,
    TimeSpan Longest
);

/// <summary>The length of a period.</summary>
internal enum RollUpPeriod
{
    Minute,
    Hour,
}

/// <summary>Which roll-ups of a component are wanted.</summary>
/// <param name="Component">The path without its leading slash.</param>
/// <param name="By">Of which length.</param>
/// <param name="Since">Those that begin then or later.</param>
/// <param name="Limit">At most so many, the newest.</param>
internal sealed record RollUpQuery(string Component, RollUpPeriod By, DateTimeOffset Since, int Limit);
