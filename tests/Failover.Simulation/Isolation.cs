using System.Collections.Immutable;
using System.Globalization;

namespace Failover.Simulation;

/// <summary>Plays a history twice: once as it is, once without all that concerns other components. What one component shows, answers
/// and has probed must be the same.</summary>
public static class Isolation
{
    private const string Watched = "watched";
    private const string Shared = "shared";

    private static readonly ImmutableSortedDictionary<string, Tree> NoTasks = ImmutableSortedDictionary<
        string,
        Tree
    >.Empty;

    /// <summary>Where the two first differ.</summary>
    /// <param name="seed">What the history follows from.</param>
    /// <param name="shares">Whether the other components have a task in common with the watched one, and so may change it.</param>
    /// <returns>Both lines; null where they do not differ.</returns>
    public static string? Difference(int seed, bool shares = false)
    {
        Random random = new(seed);
        RandomTrees trees = new(random);
        ComponentTree watched = trees.ComponentOf(Watched, NoTasks);
        ImmutableSortedDictionary<string, Tree> tasks = shares ? NoTasks.Add(Shared, watched.Task) : NoTasks;
        watched = watched with { Task = shares ? new RefTree(Shared) : Own(watched.Task), HasGuard = false };
        Configuration current = With(watched, new(tasks, [trees.ComponentOf("b", tasks)]));
        Configuration start = current;
        List<SimulationEvent> all = [];
        List<SimulationEvent> own = [];
        for (int i = random.Next(10, 50); i > 0; i--)
        {
            (SimulationEvent step, bool concerns) = Any(random, trees, watched, shares, ref current);
            all.Add(step);
            // Something has to happen, for the time that each step takes.
            own.Add(concerns ? step : new SetClock(0));
        }

        return Compare(Shown(start, all), Shown(start, own));
    }

    private static string? Compare(List<string> all, List<string> own)
    {
        for (int i = 0; i < Math.Max(all.Count, own.Count); i++)
        {
            string left = all.ElementAtOrDefault(i) ?? "nothing";
            string right = own.ElementAtOrDefault(i) ?? "nothing";
            if (left != right)
            {
                return $"with all others:     {left}\nwithout their events: {right}";
            }
        }

        return null;
    }

    private static List<string> Shown(Configuration start, List<SimulationEvent> steps)
    {
        List<string> shown = [];
        string newestPublished = "";
        World world = null!;
        world = new(
            start,
            watch: action =>
            {
                // A reload may publish the same state again, with the age in its reason.
                if (OfWatched(action) is { } text && text != newestPublished)
                {
                    newestPublished = action is MachineAction.Publish ? text : newestPublished;
                    shown.Add(
                        string.Create(
                            CultureInfo.InvariantCulture,
                            $"{world?.Now.SinceStart.TotalSeconds ?? 0:0.000} {text}"
                        )
                    );
                }
            }
        );
        steps.ForEach(world.Happen);
        return shown;
    }

    private static string? OfWatched(MachineAction action) =>
        action switch
        {
            MachineAction.Publish { Component.Name: Watched, Snapshot: var shown } =>
                $"publish {shown.State.Word()}{(shown.IsLatched ? ", latched" : "")}{(shown.IsCarriedOver ? ", carried over" : "")}",
            MachineAction.Probe { Check: SimulatedCheck check } when char.IsUpper(check.Target[0]) =>
                $"probe {check.Target}",
            _ => null,
        };

    private static (SimulationEvent Step, bool Concerns) Any(
        Random random,
        RandomTrees trees,
        ComponentTree watched,
        bool shares,
        ref Configuration current
    )
    {
        int others = current.Components.Length - 1;
        bool concerns = others == 0 || random.Next(2) == 0;
        int polled = concerns ? 0 : 1 + random.Next(others);
        switch (random.Next(20))
        {
            case < 5:
                return (new Poll(polled), concerns);
            case < 9:
                string target = "pqrwv"[random.Next(5)].ToString();
                return (new Target(concerns ? target.ToUpperInvariant() : target, (Behaviour)random.Next(6)), concerns);
            case < 13:
                return (new Pass(random.Next(1, 60) * 100), true);
            case < 15:
                return (new Post(polled), concerns);
            case < 17:
                Configuration edited = trees.Edit(current with { Components = current.Components.RemoveAt(0) });
                // An edit that takes the task in common away is none here.
                current = shares && !edited.Tasks.ContainsKey(Shared) ? current : With(watched, edited);
                return (new Reload(current), false);
            case 17:
                return (new Freeze(random.Next(1, 60) * 100), true);
            case 18:
                return (new SetClock(random.Next(-100_000, 100_000)), true);
            default:
                return (new LoseFile(), true);
        }
    }

    // The others never have its name.
    private static Configuration With(ComponentTree watched, Configuration others) =>
        others with
        {
            Components = [watched, .. others.Components.Where(other => other.Name != Watched)],
        };

    // Its targets are its own.
    private static Tree Own(Tree tree) =>
        tree is CheckTree check
            ? check with
            {
                Target = check.Target.ToUpperInvariant(),
            }
            : tree.With([.. tree.Children.Select(Own)]);
}
