namespace Failover;

/// <summary>Lines on their way to a log. A thread of its own writes them, so that whoever adds one never waits, whether the log is
/// slow, full, closed, or a pipe that nobody reads.</summary>
/// <remarks>When the queue is full, lines are dropped and counted, but the newest transition of each component is kept aside. Once
/// there is room, one line says how many were dropped, and the transitions that were kept follow it. A line that cannot be written
/// (a full disk) is tried again until it can be.</remarks>
/// <param name="output">Where they are written; used by the thread alone.</param>
/// <param name="tellDropped">The line that says how many lines were dropped.</param>
/// <param name="retryInterval">How long after a line that cannot be written it is tried again; left out, 1 s.</param>
internal sealed class LogQueue(TextWriter output, Func<long, string> tellDropped, TimeSpan? retryInterval = null)
    : IAsyncDisposable
{
    /// <summary>How much the queue holds, in characters: some 30,000 lines, 8 MB.</summary>
    public const int Capacity = 4 * 1024 * 1024;

    /// <summary>How long the lines that are left may take at the end.</summary>
    public static readonly TimeSpan FlushTime = TimeSpan.FromSeconds(1);

    // What an entry takes beside its characters, in characters.
    private const int EntryOverhead = 64;
    private const int MostTransitions = 65_536;
    private const int StackSize = 256 * 1024;

    private readonly TimeSpan retryInterval = retryInterval ?? TimeSpan.FromSeconds(1);
    private readonly object gate = new();
    private readonly Queue<string> waiting = new();
    private readonly Dictionary<string, Transition> transitions = new(StringComparer.Ordinal);
    private readonly ManualResetEventSlim closing = new();
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long size;
    private long transitionsSize;
    private long transitionCount;
    private long dropped;
    private long droppedBefore;
    private bool isStarted;

    private bool IsBehind => dropped > 0 || transitions.Count > 0;

    /// <summary>How many lines were dropped since the start.</summary>
    public long Dropped
    {
        get
        {
            lock (gate)
            {
                return droppedBefore + dropped;
            }
        }
    }

    /// <summary>Adds an entry of one line or several, without the last one's end. Never waits for the log.</summary>
    /// <param name="text">What is written.</param>
    /// <param name="transitionOf">The component that has changed its state; null for any other entry.</param>
    public void Add(string text, string? transitionOf = null)
    {
        lock (gate)
        {
            if (closing.IsSet)
            {
                return;
            }

            Start();
            if (IsBehind && size + transitionsSize + SizeOf(text) + EntryOverhead <= Capacity)
            {
                CatchUp();
            }

            if (!IsBehind && (waiting.Count == 0 || size + SizeOf(text) <= Capacity))
            {
                Enqueue(text);
            }
            else
            {
                Drop(text, transitionOf);
            }

            Monitor.Pulse(gate);
        }
    }

    /// <summary>Takes no more lines, gives those that wait <see cref="FlushTime"/>, and leaves them then.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (gate)
        {
            closing.Set();
            Monitor.Pulse(gate);
            if (!isStarted)
            {
                ended.TrySetResult();
            }
        }

        await ended
            .Task.WaitAsync(FlushTime, TimeProvider.System)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static int SizeOf(string text) => text.Length + EntryOverhead;

    private static int LinesOf(string text) => 1 + text.AsSpan().Count('\n');

    private void Start()
    {
        if (!isStarted)
        {
            isStarted = true;
            new Thread(WriteAll, StackSize) { IsBackground = true, Name = "Failover log" }.Start();
        }
    }

    private void Enqueue(string text)
    {
        waiting.Enqueue(text);
        size += SizeOf(text);
    }

    private void Drop(string text, string? transitionOf)
    {
        if (transitionOf is not null && transitions.Remove(transitionOf, out Transition earlier))
        {
            dropped += LinesOf(earlier.Text);
            transitionsSize -= SizeOf(earlier.Text);
        }

        if (transitionOf is null || transitions.Count == MostTransitions)
        {
            dropped += LinesOf(text);
            return;
        }

        transitions.Add(transitionOf, new(transitionCount++, text));
        transitionsSize += SizeOf(text);
    }

    private void CatchUp()
    {
        if (dropped > 0)
        {
            Enqueue(tellDropped(dropped));
        }

        foreach (Transition transition in transitions.Values.OrderBy(transition => transition.Order))
        {
            Enqueue(transition.Text);
        }

        transitions.Clear();
        droppedBefore += dropped;
        (dropped, transitionsSize) = (0, 0);
    }

    private void WriteAll()
    {
        while (Take() is { } text)
        {
            while (!TryWrite(text) && !closing.Wait(retryInterval))
            {
                // Tried again. Once the log is closed, the line is lost.
            }
        }

        ended.TrySetResult();
    }

    private string? Take()
    {
        lock (gate)
        {
            while (waiting.Count == 0)
            {
                if (IsBehind)
                {
                    CatchUp();
                }
                else if (closing.IsSet)
                {
                    return null;
                }
                else
                {
                    Monitor.Wait(gate);
                }
            }

            string text = waiting.Dequeue();
            size -= SizeOf(text);
            return text;
        }
    }

    private bool TryWrite(string text)
    {
        try
        {
            output.WriteLine(text);
            if (IsEmpty())
            {
                output.Flush();
            }

            return true;
        }
#pragma warning disable CA1031 // A writer is the user's: whatever it throws, what is logged must not end the process.
        catch (Exception)
#pragma warning restore CA1031
        {
            return false;
        }
    }

    private bool IsEmpty()
    {
        lock (gate)
        {
            return waiting.Count == 0;
        }
    }

    private readonly record struct Transition(long Order, string Text);
}
