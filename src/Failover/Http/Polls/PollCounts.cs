namespace Failover;

/// <summary>Counts polls by their answer. Each event loop has counts of its own, as plain fields that nobody else writes, and the web server has
/// some for each core; whoever reads adds them up.</summary>
internal sealed class PollCounts
{
    private readonly Lock gate = new();
    private readonly PollTally[] web =
    [
        .. Enumerable.Range(0, Environment.ProcessorCount).Select(_ => new PollTally()),
    ];
    private PollTally?[] loops = [];

    /// <summary>The counts of an event loop, for all listeners on it.</summary>
    /// <param name="loop">Its number.</param>
    public PollTally OfLoop(int loop)
    {
        lock (gate)
        {
            if (loop >= loops.Length)
            {
                Array.Resize(ref loops, loop + 1);
            }

            return loops[loop] ??= new();
        }
    }

    /// <summary>Counts an answer of the web server's. From any thread.</summary>
    public void Count(PollAnswer answer) =>
        web[(uint)Thread.GetCurrentProcessorId() % web.Length].CountFromAnywhere(answer);

    /// <summary>How many there were.</summary>
    public long Of(PollAnswer answer)
    {
        lock (gate)
        {
            return web.Concat(loops.OfType<PollTally>()).Sum(tally => tally.Of(answer));
        }
    }
}

/// <summary>What was answered to a poll.</summary>
internal enum PollAnswer
{
    Ok = HealthState.Ok,
    Fail = HealthState.Fail,
    Error = HealthState.Error,

    /// <summary>There is no such component: 404.</summary>
    NotFound,
}

/// <summary>Counts of one writer.</summary>
internal sealed class PollTally
{
    // Counts of two writers are never in one line of a cache.
    private const int Line = 128 / sizeof(long);

    private readonly long[] counts = new long[Line + Enum.GetValues<PollAnswer>().Length + Line];

    /// <summary>Counts one. By one thread alone.</summary>
    public void Count(HealthState answer) => counts[Line + (int)answer]++;

    /// <summary>Counts one, whoever else does so.</summary>
    public void CountFromAnywhere(PollAnswer answer) => Interlocked.Increment(ref counts[Line + (int)answer]);

    /// <summary>How many there were.</summary>
    public long Of(PollAnswer answer) => Interlocked.Read(ref counts[Line + (int)answer]);
}
