using FsCheck;
using FsCheck.Fluent;

namespace Failover;

/// <summary>A threshold, deliberately simple: it looks at all observations of the run.</summary>
internal sealed record SimpleThreshold(int? Observations, int? Seconds, bool IsEither)
{
    public static Gen<SimpleThreshold> Counts { get; } =
        from count in Gen.Choose(1, 4)
        select new SimpleThreshold(count, null, false);

    public static Gen<SimpleThreshold> Durations { get; } =
        from seconds in Gen.Choose(1, 6)
        select new SimpleThreshold(null, seconds, false);

    public static Gen<SimpleThreshold> Any { get; } =
        Gen.OneOf(
            Counts,
            Durations,
            from count in Gen.Choose(1, 4)
            from seconds in Gen.Choose(1, 6)
            from isEither in Gen.Elements(true, false)
            select new SimpleThreshold(count, seconds, isEither)
        );

    public bool IsReachedBy(IReadOnlyList<Observation> run)
    {
        bool isCounted = run.Count >= Observations;
        bool isTimed = run.Count >= 2 && run[^1].Ended - run[0].Ended >= TimeSpan.FromSeconds(Seconds ?? 0);
        return (Observations, Seconds, IsEither) switch
        {
            (null, _, _) => isTimed,
            (_, null, _) => isCounted,
            (_, _, true) => isCounted || isTimed,
            (_, _, false) => isCounted && isTimed,
        };
    }

    public override string ToString() =>
        Seconds is null ? $"{Observations}"
        : Observations is null ? $"{Seconds}s"
        : $"{Observations}{(IsEither ? '|' : '&')}{Seconds}s";
}
