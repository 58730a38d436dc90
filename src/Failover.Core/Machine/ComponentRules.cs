using System.Text;

namespace Failover;

/// <summary>What is wrong with a component as a whole, though each of its tasks is right.</summary>
/// <param name="Task">The task at fault; null where something is missing beside the tasks.</param>
/// <param name="Argument">The argument of <c>AddComponent</c> that is at fault.</param>
/// <param name="Problem">What was got.</param>
/// <param name="Accepted">What is accepted, and so how to mend it.</param>
internal sealed record ComponentFault(HealthTask? Task, string Argument, string Problem, string Accepted);

/// <summary>The rules by which every latch of a component is found again after a restart, and can be reset.</summary>
internal static class ComponentRules
{
    private const string ToOk = "to_ok";

    /// <summary>Spells keys as a configuration file does: <c>to_ok.fire</c>.</summary>
    public static Func<string, string> InFile { get; } = keys => keys;

    /// <summary>Spells keys as C# does: <c>toFail.toOk</c>. A path to a oneshot that is fired is the action that one writes for it.</summary>
    public static Func<string, string> InCode { get; } =
        keys =>
            keys.EndsWith(".fire", StringComparison.Ordinal)
                ? "Reset of that toggle, or Fire of its oneshot"
                : CamelCase(keys);

    /// <summary>What is wrong with a component: a oneshot that nothing can use, a latch that nothing can reset, and one whose path is
    /// the text of a task.</summary>
    /// <param name="component">The component.</param>
    /// <param name="spell">How keys are spelt: <see cref="InFile"/> or <see cref="InCode"/>.</param>
    /// <param name="isNamed">Whether a task has a name of its own, with which the paths below it begin.</param>
    public static IEnumerable<ComponentFault> Faults(
        ComponentDescription component,
        Func<string, string> spell,
        Func<HealthTask, bool> isNamed
    ) => HasLatchOrReport(component.Task) ? FaultsOf(component, spell, isNamed) : [];

    // Nothing else has rules, and most components have neither.
    private static bool HasLatchOrReport(HealthTask task)
    {
        if (
            task is Combinator { LatchSides: not null }
            || task.FireAction is not null
            || task.HeartbeatAccess is not null
        )
        {
            return true;
        }

        foreach (HealthTask child in task.Children)
        {
            if (HasLatchOrReport(child))
            {
                return true;
            }
        }

        return false;
    }

    private static IEnumerable<ComponentFault> FaultsOf(
        ComponentDescription component,
        Func<string, string> spell,
        Func<HealthTask, bool> isNamed
    )
    {
        IReadOnlyList<Place> places = PlacesIn(component.Task, isNamed: isNamed);
        string name = Printable.Quoted(component.Name);
        foreach (Place place in places)
        {
            if (place is { Unnamed: { } list, Task: Combinator { LatchSides: not null } })
            {
                yield return new(
                    place.Task,
                    "task",
                    $"the {place.Task.KindName} of {name} is in a task of its {list.KindName} that has no name: its latch would not be found again once that task is edited",
                    $"a name for that task of {list.KindName}"
                );
            }
        }

        foreach (Place place in places.Where(place => place is { Task.FireAction: not null, IsInToOk: false }))
        {
            yield return new(
                place.Task,
                "task",
                $"the {place.Task.KindName} of {name}{At(place)} is not in the {spell(ToOk)} of its toggle: a fire of it would reset nothing",
                $"a oneshot in the {spell(ToOk)} of a toggle"
            );
        }

        foreach (Place place in places.Where(place => place.Task.HeartbeatAccess?.IsClosed == true))
        {
            yield return new(
                place.Task,
                "task",
                $"the {place.Task.KindName} of {name}{At(place)} has neither auth nor token: nobody could report",
                "auth, token or both"
            );
        }

        if (component.OnPost is null && places.FirstOrDefault(IsAuthorisedLatch) is { Task: Combinator toggle } latch)
        {
            int side = toggle.LatchSides!.Value.ReleasedBy;
            string path = Join(latch.Path, toggle.ChildName(side));
            Place fired = PlacesIn(toggle.Children[side], path, isInToOk: true).First(IsFired);
            string auth = fired.Task.FireAction is { Auth: null } ? $", and auth in that {fired.Task.KindName}" : "";
            yield return new(
                Task: null,
                "onPost",
                $"the latch of {name}{At(latch)} is reset by a POST alone, and {name} has no {spell("on_post")}",
                $"{spell("on_post")}: {spell(Join(fired.Path, "fire"))}{auth}"
            );
        }

        string At(Place place) => place.Path.Length > 0 ? $" at {spell(place.Path)}" : "";
    }

    /// <summary>The paths of the oneshots that reset latches, and that the POST of the component does not fire, as
    /// <c>to_fail.to_ok</c>.</summary>
    public static IEnumerable<string> OneshotsWithoutPost(ComponentDescription component) =>
        !HasLatchOrReport(component.Task)
            ? []
            : PlacesIn(component.Task)
                .Where(place =>
                    place.IsInToOk && IsFired(place) && !ReferenceEquals(place.Task, component.OnPost?.Target)
                )
                .Select(place => place.Path);

    private static bool IsAuthorisedLatch(Place place) => place.Task is Combinator { IsReleasedByFire: true };

    private static bool IsFired(Place place) => place.Task is { FireAction: not null, OkSources: OkSources.Fire };

    // A task used in several places is visited once in a to_ok and once elsewhere. The nearest toggle counts: in a to_fail, a
    // oneshot makes its toggle fail until it is fired, and again at once.
    private static List<Place> PlacesIn(
        HealthTask root,
        string path = "",
        bool isInToOk = false,
        Func<HealthTask, bool>? isNamed = null
    )
    {
        List<Place> places = [];
        HashSet<HealthTask> within = new(ReferenceEqualityComparer.Instance);
        HashSet<HealthTask> outside = new(ReferenceEqualityComparer.Instance);
        Visit(new(root, path, isInToOk, Unnamed: null));
        return places;

        void Visit(Place place)
        {
            if (!(place.IsInToOk ? within : outside).Add(place.Task))
            {
                return;
            }

            places.Add(place);
            int? toOk = (place.Task as Combinator)?.LatchSides?.ReleasedBy;
            for (int index = 0; index < place.Task.Children.Length; index++)
            {
                HealthTask child = place.Task.Children[index];
                Visit(
                    new(
                        child,
                        Join(place.Path, place.Task.ChildName(index)),
                        toOk is null ? place.IsInToOk : index == toOk,
                        isNamed?.Invoke(child) == true ? null
                            : place.Task.HasNamedChild(index) ? place.Unnamed
                            : place.Task
                    )
                );
            }
        }
    }

    private static string Join(string path, string key) => path.Length > 0 ? $"{path}.{key}" : key;

    private static string CamelCase(string keys)
    {
        StringBuilder name = new();
        bool isUpper = false;
        foreach (char letter in keys)
        {
            if (letter != '_')
            {
                name.Append(isUpper ? char.ToUpperInvariant(letter) : letter);
            }

            isUpper = letter == '_';
        }

        return name.ToString();
    }

    /// <param name="Task">What is there.</param>
    /// <param name="Path">The way down to it.</param>
    /// <param name="IsInToOk">Whether it leads the nearest toggle back to ok.</param>
    /// <param name="Unnamed">The task in which that way passes one that has no name, and is known by its text; null where none does.</param>
    private sealed record Place(HealthTask Task, string Path, bool IsInToOk, HealthTask? Unnamed);
}
