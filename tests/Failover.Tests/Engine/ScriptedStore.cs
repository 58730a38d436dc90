namespace Failover;

/// <summary>A store that keeps what a test lets it keep: each write waits until it is said what becomes of it.</summary>
internal sealed class ScriptedStore : IStateStore
{
    private readonly Lock gate = new();
    private readonly List<(StateWrite Write, TaskCompletionSource Stored)> waiting = [];
    private readonly Dictionary<string, StoredNode> nodes = new(StringComparer.Ordinal);
    private readonly Dictionary<LatchPlace, StoredLatch> latches = [];
    private DateTimeOffset? aliveAt;

    /// <summary>Whether writes are stored at once.</summary>
    public bool IsQuick { get; set; } = true;

    /// <summary>Whether writes that may fail do, at once.</summary>
    public bool RefusesWhatMayFail { get; set; }

    /// <summary>What handing over a write throws, against the contract; null where nothing.</summary>
    public Exception? Throws { get; set; }

    /// <summary>Whether writes go on waiting when it is disposed of.</summary>
    public bool HangsAtEnd { get; set; }

    /// <summary>What was stored, in the order in which it was.</summary>
    public List<StateWrite> Written { get; } = [];

    public string? Loss { get; init; }

    public string? Problem => null;

    public bool IsLasting => true;

    public int Waiting
    {
        get
        {
            lock (gate)
            {
                return waiting.Count;
            }
        }
    }

    /// <summary>How many of the writes that wait are ones that something waits for.</summary>
    public int Awaited
    {
        get
        {
            lock (gate)
            {
                return waiting.Count(one => IsAwaited(one.Write));
            }
        }
    }

    /// <summary>Whether the POST of a user is among what waits.</summary>
    public bool HoldsPostOf(string user)
    {
        lock (gate)
        {
            return waiting.Exists(one => one.Write.Posts.Any(post => post.User == user));
        }
    }

    /// <summary>Why it cannot be used; null where it can.</summary>
    public string? Fault { get; init; }

    public StoredState Load() =>
        Fault is { } fault
            ? throw new StateStoreException(fault)
            : new([.. nodes.Values], [.. latches.Values], aliveAt, Loss);

    public Task WriteAsync(StateWrite write)
    {
        if (Throws is { } exception)
        {
            throw exception;
        }

        lock (gate)
        {
            if (write.MayFail && RefusesWhatMayFail)
            {
                return Task.FromException(new StateStoreException("the disk is full"));
            }

            if (IsQuick)
            {
                Keep(write);
                return Task.CompletedTask;
            }

            TaskCompletionSource stored = new(TaskCreationOptions.RunContinuationsAsynchronously);
            waiting.Add((write, stored));
            return stored.Task;
        }
    }

    /// <summary>Stores the oldest write that waits.</summary>
    public void StoreNext() => Take(write => Keep(write)).SetResult();

    /// <summary>Fails the oldest write that waits; one that may not fail is put back, as a store does that tries again.</summary>
    public void FailNext()
    {
        lock (gate)
        {
            if (!waiting[0].Write.MayFail)
            {
                return;
            }
        }

        Take(_ => { }).SetException(new StateStoreException("the disk is full"));
    }

    /// <summary>Forgets the writes that wait, as when the process dies.</summary>
    public void Forget()
    {
        while (Waiting > 0)
        {
            Take(_ => { }).SetCanceled();
        }
    }

    public ValueTask DisposeAsync()
    {
        if (!HangsAtEnd)
        {
            Forget();
        }

        return ValueTask.CompletedTask;
    }

    private static bool IsAwaited(StateWrite write) => write.MayFail || write.Nodes.Any(node => node.State == "fail");

    private TaskCompletionSource Take(Action<StateWrite> act)
    {
        lock (gate)
        {
            (StateWrite write, TaskCompletionSource stored) = waiting[0];
            waiting.RemoveAt(0);
            act(write);
            return stored;
        }
    }

    private void Keep(StateWrite write)
    {
        Written.Add(write);
        write.ForgottenNodes.ToList().ForEach(key => nodes.Remove(key));
        write.Nodes.ToList().ForEach(node => nodes[node.Key] = node);
        write.Releases.ToList().ForEach(place => latches.Remove(place));
        write.Latches.ToList().ForEach(latch => latches[new(latch.Component, latch.Path)] = latch);
        aliveAt = write.AliveAt ?? aliveAt;
    }
}
