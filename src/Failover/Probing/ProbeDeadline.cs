namespace Failover;

/// <summary>The end of the time for a probe: its timeout, or whoever asks it to stop.</summary>
#pragma warning disable CA1001 // It is disposable, which the analyzer does not see of a struct.
internal readonly struct ProbeDeadline : IDisposable
#pragma warning restore CA1001
{
    private readonly CancellationTokenSource source;
    private readonly CancellationTokenRegistration link;

    /// <param name="timeout">How long the probe may take.</param>
    /// <param name="time">The clock.</param>
    /// <param name="stop">Asks the probe to stop.</param>
    public ProbeDeadline(TimeSpan timeout, TimeProvider time, CancellationToken stop)
    {
        stop.ThrowIfCancellationRequested();
        source = new(timeout, time);
        link = stop.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), source);
    }

    public CancellationToken Token => source.Token;

    public void Dispose()
    {
        link.Dispose();
        source.Dispose();
    }
}
