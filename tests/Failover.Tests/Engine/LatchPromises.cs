namespace Failover;

/// <summary>What is promised of latches, whatever happens: kept beside a story, and compared with what is stored and served.</summary>
internal sealed class LatchPromises(ScriptedStore store)
{
    private readonly Dictionary<string, int> failures = new(StringComparer.Ordinal);
    private readonly HashSet<string> mayBeLatched = new(StringComparer.Ordinal);
    private readonly HashSet<string> notReset = new(StringComparer.Ordinal);
    private readonly List<LatchPlace> standing = [];
    private LatchLayout layout = new(LatchShape.Absent, LatchShape.Absent, IsSharedDriven: false);
    private int written;

    /// <summary>How many looks for a toggle have seen a fail.</summary>
    public int FailuresOf(string toggle) => failures.GetValueOrDefault(toggle);

    /// <summary>Other trees are served: a latch outlives that, and what is shared is latched for all that share it.</summary>
    public void Serve(LatchLayout next)
    {
        layout = next;
        if (layout.At(LatchLayout.Shared).Any(mayBeLatched.Contains))
        {
            mayBeLatched.Add(LatchLayout.Shared);
        }

        Spread(LatchLayout.Shared);
    }

    /// <summary>A look for a toggle has seen a fail.</summary>
    public void SeeFail(string toggle)
    {
        failures[toggle] = FailuresOf(toggle) + 1;
        if (layout.At(toggle).Any())
        {
            mayBeLatched.Add(toggle);
            Spread(toggle);
        }
    }

    /// <summary>A fire was acknowledged, or ok was served of what is stored: the latch is left, and comes back only by a look that
    /// sees a fail.</summary>
    public void Release(string toggle)
    {
        foreach (string name in layout.At(toggle).Append(toggle))
        {
            mayBeLatched.Remove(name);
        }
    }

    /// <summary>A fire was answered: only one that is stored has changed anything.</summary>
    public void Answer(IEnumerable<string> components, bool isStored)
    {
        if (isStored)
        {
            notReset.ExceptWith(components);
        }
        else
        {
            notReset.UnionWith(components);
        }
    }

    /// <summary>The process has died: a fire that was given up may have been stored all the same.</summary>
    public void Die() => notReset.Clear();

    public bool IsLatched(string component) => store.Load().Latches.Any(latch => latch.Component == component);

    public void CheckServed(string component, HealthState served, string story)
    {
        if (served == Ok)
        {
            IsLatched(component).ShouldBeFalse($"ok is served of {component}, {story}");
        }
    }

    /// <summary>Nothing fails any more, and all is stored.</summary>
    public void CheckCalm(string component, HealthState served, string story)
    {
        served.ShouldBe(IsLatched(component) ? Fail : Ok, $"{component}, {story}");
        if (notReset.Contains(component))
        {
            IsLatched(component).ShouldBeTrue($"a fire of {component} was not stored, {story}");
        }
    }

    public void CheckStored(string story)
    {
        foreach (StoredLatch latch in store.Load().Latches)
        {
            mayBeLatched.ShouldContain(latch.Component, $"nothing has failed since it was reset, {story}");
        }

        for (; written < store.Written.Count; written++)
        {
            StateWrite write = store.Written[written];
            string[] before = [.. standing.Select(place => place.Component).Distinct()];
            standing.RemoveAll(write.Releases.Contains);
            standing.AddRange(write.Latches.Select(latch => new LatchPlace(latch.Component, latch.Path)));
            if (write.Posts.IsEmpty)
            {
                before.Except(standing.Select(place => place.Component)).ShouldBeEmpty($"left without a POST, {story}");
            }
        }
    }

    private void Spread(string toggle)
    {
        if (mayBeLatched.Contains(toggle))
        {
            mayBeLatched.UnionWith(layout.At(toggle));
        }
    }
}
