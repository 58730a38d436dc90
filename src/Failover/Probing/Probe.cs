namespace Failover;

/// <summary>One probe, whatever the check does.</summary>
internal static class Probe
{
    /// <summary>Probes. Throws, or ends in what was thrown, only where the check throws; see <see cref="Broken"/>.</summary>
    /// <remarks>Code of the user's must hold up neither whoever asked nor, if it blocks, the pool that everybody else
    /// needs.</remarks>
    /// <param name="check">The check.</param>
    /// <param name="time">The clock.</param>
    /// <param name="userCode">Where it runs if it may block.</param>
    /// <param name="longestWait">How long it waits for a thread there.</param>
    /// <param name="waits">Called before it waits for one.</param>
    /// <param name="begins">Called when it begins there, on that thread.</param>
    /// <param name="stopping">Asks it to end.</param>
    /// <returns>What it saw; null from a check that broke its contract.</returns>
    public static ValueTask<Observation> RunAsync(
        ProbeCheck check,
        TimeProvider time,
        UserCodeThreads userCode,
        TimeSpan longestWait,
        Action waits,
        Action begins,
        CancellationToken stopping
    )
    {
        return check.MayBlock
            ? new(userCode.RunAsync(BeginAsync, longestWait, waits, stopping))
            : check.ProbeAsync(time, stopping);

        Task<Observation> BeginAsync()
        {
            begins();
            return check.ProbeAsync(time, stopping).AsTask();
        }
    }

    /// <summary>A check without an observation is an error.</summary>
    public static Observation Missing(ProbeCheck check) => Observation.Error($"{check} returned no observation");

    /// <summary>What throws is an observation like any other.</summary>
    public static Observation Broken(Exception exception) =>
        exception is OperationCanceledException
            ? Observation.Error("cancelled")
            : Observation.Error($"{exception.GetType().Name}: {Message(exception)}");

    // An exception of the user's is code of the user's, too.
    private static string Message(Exception exception)
    {
        try
        {
            return exception.Message;
        }
#pragma warning disable CA1031 // Whatever it throws, the probe is over and has to be reported.
        catch (Exception)
#pragma warning restore CA1031
        {
            return "its message cannot be read";
        }
    }
}
