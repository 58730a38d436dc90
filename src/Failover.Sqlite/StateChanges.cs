namespace Failover;

/// <summary>Writes that are not stored yet, joined: the newest of each key, and the newest of the history. However long a disk is
/// full, they take no more memory than that.</summary>
internal sealed class StateChanges
{
    /// <summary>How many transitions, and how many POSTs, are kept at most: those of 10,000 components in a bad while.</summary>
    public const int LongestHistory = 50_000;

    private readonly Dictionary<string, StoredNode?> nodes = [];
    private readonly Dictionary<string, StoredComponent?> components = [];
    private readonly Dictionary<string, StoredLatch?> latches = [];
    private readonly Dictionary<string, StoredOverride?> overrides = [];
    private readonly Dictionary<string, StoredAlarm?> alarms = [];
    private readonly Dictionary<string, StoredDelivery?> deliveries = [];
    private readonly Queue<StoredTransition> transitions = [];
    private readonly Queue<StoredPost> posts = [];

    /// <summary>Whether whatever is stored of nodes, components, latches, overrides and alarms goes first.</summary>
    public bool IsWhole { get; private set; }

    /// <summary>By key; null: forgotten.</summary>
    public IReadOnlyDictionary<string, StoredNode?> Nodes => nodes;

    /// <summary>By name; null: forgotten.</summary>
    public IReadOnlyDictionary<string, StoredComponent?> Components => components;

    /// <summary>By key; null: forgotten.</summary>
    public IReadOnlyDictionary<string, StoredLatch?> Latches => latches;

    /// <summary>By identity; null: forgotten.</summary>
    public IReadOnlyDictionary<string, StoredOverride?> Overrides => overrides;

    /// <summary>By subject; null: forgotten.</summary>
    public IReadOnlyDictionary<string, StoredAlarm?> Alarms => alarms;

    /// <summary>By key; null: forgotten.</summary>
    public IReadOnlyDictionary<string, StoredDelivery?> Deliveries => deliveries;

    public IReadOnlyCollection<StoredTransition> Transitions => transitions;

    public IReadOnlyCollection<StoredPost> Posts => posts;

    /// <summary>When the process was alive, the newest; null where no write said.</summary>
    public DateTimeOffset? AliveAt { get; private set; }

    /// <summary>How many of the history did not fit.</summary>
    public int Dropped { get; private set; }

    /// <summary>Adds a later write. What it forgets comes before what it sets.</summary>
    public void Add(StateWrite write)
    {
        if (write.IsWhole)
        {
            BeginAnew();
        }

        Add(nodes, write.ForgottenNodes, write.Nodes, node => node.Key);
        Add(components, write.ForgottenComponents, write.Components, component => component.Name);
        Add(latches, write.ForgottenLatches, write.Latches, latch => latch.Key);
        Add(overrides, write.ForgottenOverrides, write.Overrides, one => one.Id);
        Add(alarms, write.ForgottenAlarms, write.Alarms, alarm => alarm.Subject);
        AddDeliveries(write.ForgottenDeliveries.Select(key => (key, (StoredDelivery?)null)));
        AddDeliveries(write.Deliveries.Select(one => (one.Key, (StoredDelivery?)one)));
        AliveAt = write.AliveAt ?? AliveAt;
        AddHistory(transitions, write.Transitions);
        AddHistory(posts, write.Posts);
    }

    /// <summary>Adds later ones.</summary>
    public void Add(StateChanges later)
    {
        if (later.IsWhole)
        {
            BeginAnew();
        }

        Add(nodes, later.nodes);
        Add(components, later.components);
        Add(latches, later.latches);
        Add(overrides, later.overrides);
        Add(alarms, later.alarms);
        AddDeliveries(later.deliveries.Select(one => (one.Key, one.Value)));
        AliveAt = later.AliveAt ?? AliveAt;
        AddHistory(transitions, later.transitions);
        AddHistory(posts, later.posts);
        Dropped += later.Dropped;
    }

    private void BeginAnew()
    {
        IsWhole = true;
        nodes.Clear();
        components.Clear();
        latches.Clear();
        overrides.Clear();
        alarms.Clear();
    }

    private static void Add<TRow>(
        Dictionary<string, TRow?> rows,
        IEnumerable<string> forgotten,
        IEnumerable<TRow> set,
        Func<TRow, string> keyOf
    )
        where TRow : class
    {
        foreach (string key in forgotten)
        {
            rows[StateText.OfKey(key)] = null;
        }

        foreach (TRow row in set)
        {
            rows[StateText.OfKey(keyOf(row))] = row;
        }
    }

    // Their keys are never used again: nothing is kept of one that came and went while nothing could be stored. Should it be stored
    // after all, by a commit whose outcome is unknown, it is delivered twice.
    private void AddDeliveries(IEnumerable<(string Key, StoredDelivery? Delivery)> later)
    {
        foreach ((string key, StoredDelivery? delivery) in later)
        {
            string row = StateText.OfKey(key);
            if (delivery is not null || deliveries.GetValueOrDefault(row) is not { Failure: null })
            {
                deliveries[row] = delivery;
            }
            else
            {
                deliveries.Remove(row);
            }
        }
    }

    private static void Add<TRow>(Dictionary<string, TRow?> rows, Dictionary<string, TRow?> later)
    {
        foreach ((string key, TRow? row) in later)
        {
            rows[key] = row;
        }
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
}
