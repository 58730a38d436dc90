namespace Failover.Simulation;

/// <summary>What tasks come to, deliberately simple: by recursion over the description, without memory.</summary>
internal static class SimpleJudgement
{
    /// <summary>What a task is in the end if all its checks are ok; null where that depends on what happened.</summary>
    public static HealthState? WithAllUp(HealthTask task) =>
        task switch
        {
            Check => HealthState.Ok,
            HeartbeatCheck => null,
            Oneshot oneshot => oneshot.DefaultState,
            Toggle toggle => WithAllUp(toggle.ToFail) == HealthState.Ok ? HealthState.Ok : null,
            Depends depends => WithAllUp(depends.Task) == HealthState.Ok ? HealthState.Ok
            : WithAllUp(depends.On) == HealthState.Ok ? WithAllUp(depends.Task)
            : null,
            // Polls may be too rare for so many fails in so long.
            Within { Of.Duration: not null } within => WithAllUp(within.Task) == HealthState.Ok ? HealthState.Ok : null,
            _ => Combine(task, WithAllUp),
        };

    /// <summary>Whether these toggles make a task fail, each of them being a fail and all else unknown.</summary>
    public static HealthState? Latched(HealthTask task, Func<HealthTask, bool> isLatch) =>
        task switch
        {
            Check or HeartbeatCheck or Oneshot => null,
            Toggle toggle => isLatch(toggle) ? HealthState.Fail : Latched(toggle.ToFail, isLatch),
            Depends depends => Latched(depends.Task, isLatch),
            _ => Combine(task, child => Latched(child, isLatch)),
        };

    /// <summary>Logic over what its children are: every way to put ok and fail in the place of what is unknown has to come to the
    /// same.</summary>
    public static HealthState? Combine(HealthTask task, Func<HealthTask, HealthState?> below)
    {
        HealthState?[] states = [.. task.Children.Select(below)];
        int[] unknown = [.. states.Index().Where(one => one.Item is null).Select(one => one.Index)];
        HashSet<bool> results = [];
        for (int choice = 0; choice < 1 << unknown.Length; choice++)
        {
            bool[] known = [.. states.Select(state => state == HealthState.Ok)];
            foreach ((int bit, int at) in unknown.Index())
            {
                known[at] = (choice >> bit & 1) != 0;
            }

            results.Add(IsOk(task, known));
        }

        return results.Count > 1 ? null
            : results.Contains(true) ? HealthState.Ok
            : HealthState.Fail;
    }

    private static bool IsOk(HealthTask task, bool[] children) =>
        task switch
        {
            All => children.All(one => one),
            Any => children.Any(one => one),
            Not => !children[0],
            AtLeast some => HasEnough(some, children),
            _ => children[0],
        };

    private static bool HasEnough(AtLeast some, bool[] children)
    {
        Dictionary<string, int> given = ((IEnumerable<KeyValuePair<string, int>>?)some.Values[^1] ?? []).ToDictionary();
        int[] weights = [.. children.Select((_, index) => given.GetValueOrDefault(some.Tasks.NameOf(index), 1))];
        int ok = weights.Where((_, index) => children[index]).Sum();
        return ok >= (some.Count ?? 1) && ok * 100 >= (some.Percent ?? 0) * weights.Sum();
    }
}
