namespace Failover;

/// <summary>How often the threads of a process have waited and gone on: their voluntary context switches.</summary>
/// <remarks>The kernel counts them for each thread, and forgets them with it: what is read often enough loses next to none.</remarks>
internal sealed class WakeUps(int process)
{
    private const string Field = "\nvoluntary_ctxt_switches:";

    private readonly Dictionary<int, long> threads = [];

    /// <summary>Reads them.</summary>
    /// <returns>How many there have been since it was read before; the first time, since the threads began.</returns>
    public long Take()
    {
        long sum = 0;
        foreach (int thread in ProcFiles.Ids($"/proc/{process}/task"))
        {
            if (ProcFiles.TryRead($"/proc/{process}/task/{thread}/status") is { } text)
            {
                int from = text.IndexOf(Field, StringComparison.Ordinal) + Field.Length;
                long count = Number.ParseLong(text[from..text.IndexOf('\n', from)]);
                sum += count - threads.GetValueOrDefault(thread);
                threads[thread] = count;
            }
        }

        return sum;
    }
}
