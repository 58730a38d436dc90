namespace Failover.Simulation;

/// <summary>In which order latches began, across restarts and whatever identities they are given.</summary>
internal sealed class LatchAges(World world)
{
    private readonly Dictionary<Latch, int> byLatch = [];
    private readonly Dictionary<string, int> byIdentity = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> newest = new(StringComparer.Ordinal);

    /// <summary>Of the newest latch.</summary>
    public int Newest { get; private set; }

    public int this[Latch latch] => byLatch[latch];

    /// <summary>Of the newest latch that a component has had; 0 where it had none.</summary>
    public int NewestOf(string component) => newest.GetValueOrDefault(component);

    /// <summary>Notes those that are there now.</summary>
    public void Watch()
    {
        foreach (Latch latch in world.Machine.Latches)
        {
            if (!byLatch.TryGetValue(latch, out int age) && !byIdentity.TryGetValue(latch.Id, out age))
            {
                age = ++Newest;
            }

            byLatch[latch] = age;
            byIdentity[latch.Id] = age;
            foreach (string name in latch.Components)
            {
                newest[name] = Math.Max(NewestOf(name), age);
            }
        }
    }
}
