using System.Globalization;

namespace Failover.Simulation;

/// <summary>Plays a history twice: with all that people do about overrides, and without. What is judged, probed, latched and counted must be
/// the same, and so must all be that is served beneath the overrides.</summary>
public static class OverrideIsolation
{
    /// <summary>Where the two first differ.</summary>
    /// <param name="seed">What the history follows from.</param>
    /// <returns>Both lines; null where they do not differ.</returns>
    public static string? Difference(int seed)
    {
        History history = History.Of(seed);
        Random random = new(seed);
        List<SimulationEvent> with = [];
        List<SimulationEvent> without = [];
        foreach (SimulationEvent step in history.Steps.Where(IsOfTheTargets))
        {
            with.Add(step);
            without.Add(step);
            if (random.Next(2) == 0)
            {
                with.Add(random.Next(4) == 0 ? new ClearOverride(random.Next(4)) : OverrideStories.Set(random));
                // Something has to happen, for the time that each step takes.
                without.Add(new SetClock(0));
            }
        }

        List<string> left = Shown(history.Start, with);
        List<string> right = Shown(history.Start, without);
        int at = Enumerable.Range(0, left.Count).FirstOrDefault(i => left[i] != right[i], -1);
        return at < 0 ? null : $"after {with[at]}\nwith overrides: {left[at]}\nwithout:        {right[at]}";
    }

    // A store that stalls has the one wait for the other. A request that an override answers at once does not wait for a probe that
    // hangs, and so is not asked for again by a reload.
    private static bool IsOfTheTargets(SimulationEvent step) =>
        step
            is Poll
                or Post { Seen: Seen.Whatever }
                or Target { Behaviour: not (Behaviour.Silent or Behaviour.Stuck or Behaviour.Limited) }
                or Pass
                or Freeze
                or SetClock
                or Reload
                or Beat
                or Release;

    private static List<string> Shown(Configuration start, List<SimulationEvent> steps)
    {
        List<string> probes = [];
        World world = new(
            start,
            watch: action =>
            {
                if (action is MachineAction.Probe { Check: SimulatedCheck check })
                {
                    probes.Add(check.Target);
                }
            }
        );
        List<string> shown = [];
        foreach (SimulationEvent step in steps)
        {
            world.Happen(step);
            shown.Add(Text(world, probes));
            probes.Clear();
        }

        return shown;
    }

    private static string Text(World world, List<string> probes)
    {
        IEnumerable<string> components = world.Machine.Components.Select(component =>
        {
            Snapshot beneath = world.Beneath(component);
            return $"/{component.Name} {beneath.State.Word()} latched {beneath.IsLatched} carried over {beneath.IsCarriedOver}";
        });
        IEnumerable<string> latches = world
            .Machine.Latches.Select(latch => $"{latch.Key} of {string.Join(' ', latch.Components)}")
            .Order(StringComparer.Ordinal);
        IEnumerable<string> guards = world.Machine.Guards.Select(guard =>
            string.Create(
                CultureInfo.InvariantCulture,
                $"{guard.Failing.Count} of {guard.Members.Count} fail since {guard.TrippedSince?.SinceStart} until {guard.HoldsUntil?.SinceStart}"
            )
        );
        return string.Join("; ", [.. components, .. latches, .. guards, $"probes {string.Join(' ', probes)}"]);
    }
}
