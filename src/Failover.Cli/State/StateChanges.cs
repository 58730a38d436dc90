using System.Text;

namespace Failover;

/// <summary>Writes that are not stored yet, taken together: the newest of each node and latch, and the newest of the
/// history. However long a disk is full, they take no more memory than that.</summary>
internal sealed class StateChanges
{
    /// <summary>How many moves, and how many POSTs, are kept at most: what 10,000 components do in a bad while.</summary>
    public const int LongestHistory = 50_000;

    private readonly Dictionary<string, StoredNode?> nodes = [];
    private readonly Dictionary<LatchPlace, StoredLatch?> latches = [];
    private readonly Queue<StoredTransition> transitions = [];
    private readonly Queue<StoredPost> posts = [];

    /// <summary>By key; null: forgotten.</summary>
    public IReadOnlyDictionary<string, StoredNode?> Nodes => nodes;

    /// <summary>By place; null: released.</summary>
    public IReadOnlyDictionary<LatchPlace, StoredLatch?> Latches => latches;

    public IReadOnlyCollection<StoredTransition> Transitions => transitions;

    public IReadOnlyCollection<StoredPost> Posts => posts;

    /// <summary>When the process was alive, the newest; null where no write said.</summary>
    public DateTimeOffset? AliveAt { get; private set; }

    /// <summary>How many of the history did not fit.</summary>
    public int Dropped { get; private set; }

    /// <summary>Adds a later write. What it forgets and releases comes before what it sets: where it does both, it
    /// stands.</summary>
    public void Add(StateWrite write)
    {
        foreach (string key in write.ForgottenNodes)
        {
            nodes[AsStored(key)] = null;
        }

        foreach (StoredNode node in write.Nodes)
        {
            nodes[AsStored(node.Key)] = node;
        }

        foreach (LatchPlace place in write.Releases)
        {
            latches[AsStored(place)] = null;
        }

        foreach (StoredLatch latch in write.Latches)
        {
            latches[AsStored(new LatchPlace(latch.Component, latch.Path))] = latch;
        }

        AliveAt = write.AliveAt ?? AliveAt;
        AddHistory(transitions, write.Transitions);
        AddHistory(posts, write.Posts);
    }

    /// <summary>Adds later ones.</summary>
    public void Add(StateChanges later)
    {
        foreach ((string key, StoredNode? node) in later.nodes)
        {
            nodes[key] = node;
        }

        foreach ((LatchPlace place, StoredLatch? latch) in later.latches)
        {
            latches[place] = latch;
        }

        AliveAt = later.AliveAt ?? AliveAt;
        AddHistory(transitions, later.transitions);
        AddHistory(posts, later.posts);
        Dropped += later.Dropped;
    }

    private void AddHistory<T>(Queue<T> history, IEnumerable<T> later)
    {
        foreach (T one in later)
        {
            history.Enqueue(one);
            if (history.Count > LongestHistory)
            {
                history.Dequeue();
                Dropped++;
            }
        }
    }

    private static LatchPlace AsStored(LatchPlace place) => new(AsStored(place.Component), AsStored(place.Path));

    // Half a surrogate pair has no UTF-8 and is stored as U+FFFD: two keys may become one on the way.
    private static string AsStored(string key) =>
        key.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF')
            ? Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(key))
            : key;
}
