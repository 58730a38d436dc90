namespace Failover;

/// <summary>A watch for pauses, with something under observation.</summary>
internal static class BegunWatch
{
    public static PauseWatch Start(TimeProvider time, Action<Pause>? paused = null, EventLoops? loops = null)
    {
        PauseWatch watch = new(time, loops, paused);
        watch.Begin(time.GetTimestamp());
        return watch;
    }
}
