using System.Collections.Concurrent;

namespace Failover;

/// <summary>Runs the probes that the machine wants, and reports what each of them saw.</summary>
internal sealed class ProbeRunner
{
    private readonly Clock clock;
    private readonly Action<long, Observation, Instant, Instant> observed;
    private readonly Action<long> waits;
    private readonly LoopProbes? onLoops;
    private readonly ConcurrentDictionary<long, CancellationTokenSource> running = new();
    private volatile bool isStopped;

    /// <summary>Runs nothing yet.</summary>
    /// <param name="clock">The clock of the engine.</param>
    /// <param name="observed">Takes what a probe saw, from when to when.</param>
    /// <param name="waits">Takes a probe that has not begun, as too many others run.</param>
    /// <param name="loops">The event loops, for what can run on them whole; null where there are none.</param>
    public ProbeRunner(
        Clock clock,
        Action<long, Observation, Instant, Instant> observed,
        Action<long> waits,
        EventLoops? loops = null
    )
    {
        (this.clock, this.observed, this.waits) = (clock, observed, waits);
        UserCode = new(clock.Time);
        Places = new(clock.Time, waits);
        onLoops = OperatingSystem.IsLinux() && loops is not null ? new(loops, clock, Places, observed) : null;
    }

    /// <summary>Where checks run that may block.</summary>
    public UserCodeThreads UserCode { get; }

    /// <summary>How many probes run at a time.</summary>
    public ProbePlaces Places { get; }

    /// <summary>Begins a probe.</summary>
    /// <param name="probe">Which.</param>
    /// <param name="beginsHere">Whether one that does not block begins at once, on the thread that asks for it. Many begin side by
    /// side.</param>
    public void Start(MachineAction.Probe probe, bool beginsHere)
    {
        if (OperatingSystem.IsLinux() && onLoops?.TryStart(probe, beginsHere) == true)
        {
            return;
        }

        PoolWatch.Begin();
        CancellationTokenSource stop = new();
        running.TryAdd(probe.Id, stop);
        if (isStopped)
        {
            stop.Cancel();
        }

        // Whatever a check does before it first waits is not for a loop.
        bool isOnLoop = OperatingSystem.IsLinux() && EventLoop.Current is not null;
        if (beginsHere && !isOnLoop && probe.Check is ProbeCheck { MayBlock: false })
        {
            _ = RunAsync(probe, stop);
        }
        else
        {
            ThreadPool.UnsafeQueueUserWorkItem(
                static work => _ = work.Runner.RunAsync(work.Probe, work.Stop),
                (Runner: this, Probe: probe, Stop: stop),
                preferLocal: false
            );
        }
    }

    /// <summary>Probes once for a caller that waits for it, in a place as any other probe has. The machine does not know of it.</summary>
    /// <param name="check">What it probes.</param>
    /// <param name="stop">Asks it to end.</param>
    /// <exception cref="OperationCanceledException">It was asked to.</exception>
    public async ValueTask<ProbedOnce> RunOnceAsync(ProbeCheck check, CancellationToken stop)
    {
        // The machine counts its own from 1.
        const long none = 0;
        using ProbePlace place = await Places.EnterAsync(none, check, stop);
        Instant started = clock.Now;
        if (place.Refusal is { } refusal)
        {
            return new(refusal, TimeSpan.Zero, HasBegun: false);
        }

        PoolWatch.Begin();
        try
        {
            Observation seen =
                await RunAsync(check, place, none, () => started = clock.Now, stop) ?? Probe.Missing(check);
            return new(seen, clock.Now - started, HasBegun: true);
        }
#pragma warning disable CA1031 // Whatever breaks in a check is an observation like any other.
        catch (Exception exception) when (exception is not OperationCanceledException || !stop.IsCancellationRequested)
#pragma warning restore CA1031
        {
            return new(Probe.Broken(exception), clock.Now - started, HasBegun: true);
        }
        finally
        {
            PoolWatch.End();
        }
    }

    /// <summary>Asks a probe to end, if it runs.</summary>
    public void Abandon(long probe)
    {
        if (OperatingSystem.IsLinux())
        {
            onLoops?.Abandon(probe);
        }

        if (running.TryGetValue(probe, out CancellationTokenSource? stop))
        {
            _ = CancelAsync(stop);
        }
    }

    /// <summary>Asks all probes to end, those included that begin from now on.</summary>
    public void Stop()
    {
        isStopped = true;
        foreach (CancellationTokenSource stop in running.Values)
        {
            _ = CancelAsync(stop);
        }

        if (OperatingSystem.IsLinux())
        {
            onLoops?.Stop();
        }
    }

    private async Task RunAsync(MachineAction.Probe probe, CancellationTokenSource stop)
    {
        Instant started = clock.Now;
        ProbeCheck check = (ProbeCheck)probe.Check;
        Observation seen;
        try
        {
            using ProbePlace place = await Places.EnterAsync(probe.Id, check, stop.Token);
            // Until then nothing was asked of the target.
            started = clock.Now;
            seen =
                place.Refusal
                ?? await RunAsync(check, place, probe.Id, () => started = clock.Now, stop.Token)
                ?? Probe.Missing(check);
        }
#pragma warning disable CA1031 // Whatever breaks here is an observation like any other: no loop and no request may die of it.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            seen = Probe.Broken(exception);
        }

        Instant ended = clock.Now;
        running.TryRemove(probe.Id, out _);
        stop.Dispose();
        PoolWatch.End();
        observed(probe.Id, seen, started, ended);
    }

    private async ValueTask<Observation?> RunAsync(
        ProbeCheck check,
        ProbePlace place,
        long id,
        Action begins,
        CancellationToken stop
    )
    {
        ITimer? overdue = null;
        try
        {
            return await Probe.RunAsync(check, clock.Time, UserCode, place.LongestWait, () => waits(id), Begin, stop);
        }
        finally
        {
            overdue?.Dispose();
        }

        // Code of the user's may never end: it keeps its thread then, and no place that others need.
        void Begin()
        {
            begins();
            overdue = clock.Time.CreateTimer(
                static place => ((ProbePlace)place!).Dispose(),
                place,
                check.LongestTimer,
                Timeout.InfiniteTimeSpan
            );
        }
    }

    // What is called on a cancellation may be code of the user's.
    private static async Task CancelAsync(CancellationTokenSource stop)
    {
        try
        {
            await stop.CancelAsync();
        }
        catch (ObjectDisposedException)
        {
            // The probe has ended meanwhile.
        }
        catch (AggregateException)
        {
            // The probe is cancelled nevertheless.
        }
    }
}
