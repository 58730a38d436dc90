namespace Failover;

/// <summary>A check that sees what a test tells it to, and counts its probes.</summary>
public sealed record ScriptedCheck : ProbeCheck
{
    private int probes;
    private int running;
    private int mostAtOnce;

    /// <summary>What the next probes see.</summary>
    public HealthState Sees { get; set; } = HealthState.Ok;

    /// <summary>The reason that they give.</summary>
    public string Reason { get; set; } = "scripted";

    /// <summary>Until when the certificate is valid that they see; null: they see none.</summary>
    internal DateTimeOffset? CertificateEnds { get; set; }

    /// <summary>Where set, probes wait for it before they look.</summary>
    public TaskCompletionSource? Gate { get; set; }

    /// <summary>Where set, probes throw it.</summary>
    public Exception? Throws { get; set; }

    public int Probes => Volatile.Read(ref probes);

    /// <summary>The most probes that ran at one time.</summary>
    public int MostAtOnce => Volatile.Read(ref mostAtOnce);

    /// <summary>When the newest probe ended, by the clock that it was given; null before the first end.</summary>
    public long? EndedAt { get; private set; }

    public TimeSpan Timeout { get; init; } = Second(10);

    public override TimeSpan LongestTime => Timeout;

    /// <summary>Checks of one name describe the same.</summary>
    public string Name { get; init; } = "scripted";

    public override string Summary => Name;

    /// <summary>The host that it says it connects to.</summary>
    public string? Host { get; init; }

    public override string? TargetHost => Host;

    // It waits without a thread, and histories of thousands of probes should not make one each.
    internal override bool MayBlock => false;

    public override async ValueTask<Observation> ProbeAsync(TimeProvider time, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref probes);
        int atOnce = Interlocked.Increment(ref running);
        if (atOnce > mostAtOnce)
        {
            Volatile.Write(ref mostAtOnce, atOnce);
        }

        try
        {
            await (Gate?.Task ?? Task.CompletedTask);
            Observation seen =
                Throws is { } exception ? throw exception
                : Sees == HealthState.Ok ? Observation.Ok(Reason)
                : Sees == HealthState.Fail ? Observation.Fail(Reason)
                : Observation.Error(Reason);
            return CertificateEnds is null ? seen : seen with { CertificateEnds = CertificateEnds };
        }
        finally
        {
            EndedAt = time.GetTimestamp();
            Interlocked.Decrement(ref running);
        }
    }
}
