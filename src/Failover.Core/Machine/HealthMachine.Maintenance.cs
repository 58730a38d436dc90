using System.Collections.Immutable;

namespace Failover;

// Maintenance windows: for as long as one is open, its components are marked, and serve what it says. The shell says which
// are open, for they follow the wall clock. None is evidence, and none is stored.
internal sealed partial class HealthMachine
{
    // A wall clock that is set is noticed within a minute: until then a window that should have closed may have a state served. No longer
    // than that, should nobody say that it is closed.
    private static readonly TimeSpan MaintenanceGrace = TimeSpan.FromMinutes(1);

    // By how much the end of a window may be off before it is published anew: the two clocks never run quite alike.
    private static readonly TimeSpan MaintenanceDrift = TimeSpan.FromSeconds(1);

    // Each with the last moment at which it has a state served.
    private readonly List<(MaintenanceWindow Window, Instant Until)> windows = [];

    /// <summary>Those that are open.</summary>
    public IEnumerable<MaintenanceWindow> Windows => windows.Select(open => open.Window);

    /// <summary>Takes which maintenance windows are open now, all of them. The same again changes nothing.</summary>
    public void Maintain(IReadOnlyList<MaintenanceWindow> open, Instant at, DateTimeOffset wallClock)
    {
        Begin(at, wallClock);
        bool isSame = windows.Count == open.Count;
        List<(MaintenanceWindow Window, Instant Until)> next = [];
        foreach (MaintenanceWindow window in open)
        {
            Instant until = now + (window.Until - wall) + MaintenanceGrace;
            int before = windows.FindIndex(one => one.Window == window);
            bool isAsBefore = before >= 0 && Drift(windows[before].Until, until) <= MaintenanceDrift;
            next.Add((window, isAsBefore ? windows[before].Until : until));
            isSame &= isAsBefore;
        }

        if (!isSame)
        {
            MaintenanceWindow[] ended = [.. Windows.Where(one => !open.Any(one.Continues))];
            MaintenanceWindow[] begun = [.. open.Where(one => !Windows.Any(one.Continues))];
            windows.Clear();
            // A fail before a state that is held; of two alike, the one that opened first.
            windows.AddRange(
                next.OrderByDescending(one => one.Window.State)
                    .ThenBy(one => one.Window.From)
                    .ThenBy(one => one.Window.Name, StringComparer.Ordinal)
            );
            foreach (ServedComponent component in components.Values)
            {
                EnterWindows(component);
            }

            Tell(ended, MaintenanceStep.Closed);
            Tell(begun, MaintenanceStep.Opened);
        }

        Settle();
    }

    private static TimeSpan Drift(Instant before, Instant now) => before > now ? before - now : now - before;

    private void Tell(IEnumerable<MaintenanceWindow> changed, MaintenanceStep step)
    {
        foreach (MaintenanceWindow window in changed)
        {
            Do(new MachineAction.Event(new MaintenanceChange(window, step)));
            Audit($"-/maintenance/{window.Name}", window, step);
        }
    }

    private void Audit(string subject, MaintenanceWindow window, MaintenanceStep step) =>
        posts.Add(new(wall, subject, User: null, Source: "", $"{StepText(step)}: {window.Text}"));

    private static string StepText(MaintenanceStep step) =>
        step switch
        {
            MaintenanceStep.Opened => "maintenance opened",
            MaintenanceStep.Closed => "maintenance closed",
            _ => "maintenance yields to a latch",
        };

    // Into the windows that are open, and out of those that are not.
    private void EnterWindows(ServedComponent component)
    {
        if (windows.Count == 0 && component.Windows.IsEmpty)
        {
            return;
        }

        ImmutableArray<WindowEntry> before = component.Windows;
        component.Windows =
        [
            .. windows
                .Where(open => open.Window.Includes(component.Name))
                .Select(open => EntryOf(component, open.Window)),
        ];
        if (component.Windows.Length + before.Length > 0)
        {
            MarkChanged(component);
        }
    }

    private WindowEntry EntryOf(ServedComponent component, MaintenanceWindow window)
    {
        WindowEntry? before = component.Windows.FirstOrDefault(entry => entry.Window.Continues(window));
        if (before is null)
        {
            return new(window) { Held = StateToHold(component), NewestLatch = lastLatch };
        }

        before.Window = window;
        return before;
    }

    // An initial state is no state to hold: the target may have been down ever since.
    private HealthState? StateToHold(ServedComponent component) =>
        !IsStarted ? null
        : component.IsLatched || component.LastDefinite is { Evidence: not 0 } or { IsCarriedOver: true }
            ? HeldState(component)
        : null;

    // What was not known when the window opened is held from the first result on.
    private static void HoldOnceKnown(ServedComponent component, Snapshot judged)
    {
        if (
            judged
            is { IsKnown: true, State: not HealthState.Error }
                and ({ Evidence: not 0 } or { IsCarriedOver: true })
        )
        {
            foreach (WindowEntry entry in component.Windows)
            {
                entry.Held ??= judged.State;
            }
        }
    }

    // The window that has its component serve a state; null where none does. A latch comes before it.
    private (WindowEntry Entry, HealthState State, Instant Until)? DictatingWindowOf(ServedComponent component)
    {
        if (component.Windows.IsEmpty || component.IsLatched)
        {
            return null;
        }

        if (component.Windows.FirstOrDefault(entry => entry.Served is not null) is not { Served: { } state } first)
        {
            return null;
        }

        Instant until = windows.Find(open => open.Window == first.Window).Until;
        return now <= until ? (first, state, until) : null;
    }

    private Snapshot Maintained(ServedComponent component, Snapshot judged)
    {
        // What is carried over or held may have been served in a window.
        Snapshot plain = judged.Operated is null ? judged : judged with { Operated = null };
        if (component.Windows.IsEmpty)
        {
            return plain;
        }

        HoldOnceKnown(component, plain);
        return DictatingWindowOf(component) is var (entry, state, until)
            ? plain.MaintainedAs(entry.Window, state, until)
            : plain.Within(component.Windows[0].Window, component.Windows[0].HasYielded);
    }

    // The state that is held was so before anybody knew of the latch. A fail is what the latch comes to.
    private void YieldWindowsToLatches()
    {
        if (windows.Count == 0)
        {
            return;
        }

        foreach (ServedComponent component in touched.Where(one => one.IsLatched && !one.IsRetired))
        {
            foreach (WindowEntry entry in component.Windows.Where(entry => entry.YieldsTo(component)))
            {
                Yield(entry, component.Name);
            }
        }
    }

    private void Yield(WindowEntry entry, string component)
    {
        entry.HasYielded = true;
        Do(new MachineAction.Event(new MaintenanceChange(entry.Window, MaintenanceStep.YieldedToLatch, component)));
        Audit(component, entry.Window, MaintenanceStep.YieldedToLatch);
    }

    // A window that is open when the process starts holds the state that is restored.
    private void ResumeMaintenance(StoredState stored, bool isYoung)
    {
        if (windows.Count == 0)
        {
            return;
        }

        foreach (ServedComponent component in components.Values.Where(one => !one.Windows.IsEmpty))
        {
            foreach (WindowEntry entry in component.Windows)
            {
                entry.NewestLatch = lastLatch;
                entry.Held = isYoung ? component.Persisted?.State : null;
                entry.HasYielded =
                    entry.Window.State == MaintenanceState.Hold
                    && component.Latches.Any(latch => latch.Since > entry.Window.From);
            }

            // The process before served the fail, too, and it is in the history.
            WindowEntry first = component.Windows[0];
            if (
                component.Recorded is not null
                && first.Served == HealthState.Fail
                && first.Window.From <= stored.AliveAt
                && !overrides.ContainsKey(component.Name)
            )
            {
                component.Recorded = HealthState.Fail;
            }
        }
    }
}
