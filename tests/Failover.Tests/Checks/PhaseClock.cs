namespace Failover;

/// <summary>A clock that counts how often it is read, which a probe does at the beginning of each phase: so a test knows which one it
/// has come to before it moves the clock to the deadline.</summary>
internal sealed class PhaseClock : TimeProvider
{
    /// <summary>The readings when a probe waits for the answer, without TLS.</summary>
    public const int Waiting = 4;

    /// <summary>When it is in a TLS handshake.</summary>
    public const int Handshake = 4;

    /// <summary>When it reads the answer, without TLS.</summary>
    public const int Reading = 5;

    /// <summary>When it reads the answer, with TLS.</summary>
    public const int ReadingOverTls = 6;

    private readonly ManualTime manual = new() { WallClock = System.GetUtcNow() };
    private int readings;

    public override long TimestampFrequency => manual.TimestampFrequency;

    public override long GetTimestamp()
    {
        long now = manual.GetTimestamp();
        Interlocked.Increment(ref readings);
        return now;
    }

    public override DateTimeOffset GetUtcNow() => manual.GetUtcNow();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        manual.CreateTimer(callback, state, dueTime, period);

    public void Advance(TimeSpan by) => manual.Advance(by);

    /// <summary>Waits until it has been read so often.</summary>
    public async Task UntilAsync(int count)
    {
        while (Volatile.Read(ref readings) < count)
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    /// <summary>Probes with a timeout of 10 s that passes when the probe has read the clock so often.</summary>
    public static async Task<Observation> ProbeAsync(ProbeCheck check, int count)
    {
        PhaseClock clock = new();
        Task<Observation> probe = check.ProbeAsync(clock, TestContext.Current.CancellationToken).AsTask();
        await clock.UntilAsync(count);
        clock.Advance(check.LongestTime);
        return await probe;
    }
}
