namespace Failover;

/// <summary>What is decided but not stored yet, and so not shown yet.</summary>
/// <remarks>A move to fail opens its gate when it is stored, and after <see cref="FailPatience"/> in any case: it is served then,
/// stored or not. A move out of a latch, and a fire, open theirs when they are stored and never before: where they cannot be,
/// they are undone, and nobody has seen them. Used under the lock of the engine, except for what says otherwise.</remarks>
internal sealed class Gate(bool isTentative)
{
    /// <summary>How long a move to fail waits to be stored before it is served all the same, and how long a request waits for
    /// what it has moved.</summary>
    public static readonly TimeSpan FailPatience = TimeSpan.FromMilliseconds(250);

    /// <summary>How long a move out of a latch waits to be stored before it is undone.</summary>
    public static readonly TimeSpan StorePatience = TimeSpan.FromSeconds(5);

    private readonly TaskCompletionSource waited = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<bool> settled = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Whether what it holds back is undone where it cannot be stored.</summary>
    public bool IsTentative => isTentative;

    public bool IsOpen { get; private set; }

    public bool IsUndone { get; private set; }

    /// <summary>The components that show something behind it.</summary>
    public List<Component> Components { get; } = [];

    /// <summary>What is undone, and to what.</summary>
    public List<Change> Changes { get; } = [];

    /// <summary>The latches that are left, and stand again where that is undone.</summary>
    public List<StoredLatch> Released { get; } = [];

    /// <summary>Ends when the write is stored or has failed.</summary>
    public required Task Stored { get; init; }

    /// <summary>Ends when it opens, is undone, or a request has waited long enough for it. From any thread.</summary>
    public Task Waited => waited.Task;

    /// <summary>Whether it has opened and not been undone. From any thread.</summary>
    public Task<bool> Settled => settled.Task;

    public ITimer? Timer { get; set; }

    /// <summary>The latches behind it that are left and stand below a node.</summary>
    public IEnumerable<NodeRunner> ReleasedBelow(NodeRunner above)
    {
        return Changes.Where(change => change.IsRelease && IsBelow(change.Node)).Select(change => change.Node);

        bool IsBelow(NodeRunner node) => node.Parents.Exists(parent => parent == above || IsBelow(parent));
    }

    /// <summary>Whether what a node remembers now is behind it.</summary>
    public bool Holds(NodeRunner node) =>
        Changes.Exists(change => change.Node == node && ReferenceEquals(change.After, node.Kept));

    public void StopWaiting() => waited.TrySetResult();

    /// <summary>Opens it: components may show what was behind it.</summary>
    public void Open() => IsOpen = true;

    /// <summary>Ends it: what was behind it will never be shown.</summary>
    public void Undo() => IsUndone = true;

    /// <summary>Tells those who wait, once what they will read is what they were told.</summary>
    public void Tell()
    {
        Timer?.Dispose();
        waited.TrySetResult();
        settled.TrySetResult(IsOpen);
    }
}

/// <summary>A node that remembers something else than what was stored of it last.</summary>
/// <param name="Node">The node.</param>
/// <param name="Before">What was stored; null where nothing was.</param>
/// <param name="BeforeAt">When it came to that.</param>
/// <param name="After">What is to be stored.</param>
internal readonly record struct Change(NodeRunner Node, Lasting? Before, DateTimeOffset BeforeAt, Lasting After)
{
    public bool IsMoveToFail => After.State == HealthState.Fail;

    /// <summary>Whether it leaves a latch.</summary>
    public bool IsRelease => Node.Latches && Before?.State == HealthState.Fail && After.State == HealthState.Ok;
}
