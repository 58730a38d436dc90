namespace Failover;

/// <summary>How many probes began.</summary>
internal sealed class ProbeCounter
{
    private long count;

    public void Add() => Interlocked.Increment(ref count);

    public long Take() => Interlocked.Exchange(ref count, 0);
}

/// <summary>A check whose probes are counted.</summary>
internal sealed record CountedCheck(ProbeCheck Inner, ProbeCounter Counter) : ProbeCheck
{
    public override TimeSpan LongestTime => Inner.LongestTime;

    public override string Summary => Inner.Summary;

    // As the check that it counts: a thread for each probe would be what is measured.
    internal override bool MayBlock => false;

    public override ValueTask<Observation> ProbeAsync(TimeProvider time, CancellationToken cancellationToken)
    {
        Counter.Add();
        return Inner.ProbeAsync(time, cancellationToken);
    }
}

/// <summary>A check that ends when it is told to.</summary>
internal sealed record GatedCheck(ProbeCounter Counter, Task Gate) : ProbeCheck
{
    public override TimeSpan LongestTime => Units.Hour(1);

    public override string Summary => "gated";

    public override async ValueTask<Observation> ProbeAsync(TimeProvider time, CancellationToken cancellationToken)
    {
        Counter.Add();
        await Gate;
        return Observation.Ok();
    }
}
