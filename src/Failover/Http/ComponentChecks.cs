namespace Failover;

/// <summary>What a component must be, beside others, to be served.</summary>
internal static class ComponentChecks
{
    public static readonly DurationOption ResponseDeadlineOption = new(
        "responseDeadline",
        "how long a request waits for an evaluation",
        FallbackText: "until it ends"
    );

    /// <summary>Checks a component as a whole, and what its arguments are.</summary>
    /// <param name="component">The component.</param>
    /// <param name="others">Those whose names it may not have.</param>
    /// <param name="targets">Those whose tasks its POST action may change as well.</param>
    /// <exception cref="ArgumentException">It is described wrongly.</exception>
    public static void Check(
        ComponentDescription component,
        Dictionary<string, ComponentDescription> others,
        IEnumerable<ComponentDescription> targets
    )
    {
        CheckName(component.Name, others);
        CheckPostAction(component.OnPost, component.Task, target => targets.Any(other => IsWithin(target, other.Task)));
        if (component.ResponseDeadline is { } deadline)
        {
            ResponseDeadlineOption.Check(deadline);
        }

        if (ComponentRules.Faults(component, ComponentRules.InCode, isNamed: _ => false).FirstOrDefault() is { } fault)
        {
            throw new ArgumentException($"{fault.Problem}; accepted: {fault.Accepted}", fault.Argument);
        }
    }

    /// <summary>Checks that each heartbeat has a name of its own.</summary>
    /// <param name="components">All of them.</param>
    /// <param name="names">The names of tasks that have one of their own.</param>
    /// <param name="argument">What the caller calls the components.</param>
    /// <exception cref="ArgumentException">Two have one name.</exception>
    public static void CheckHeartbeats(
        IReadOnlyList<ComponentDescription> components,
        IReadOnlyDictionary<HealthTask, string> names,
        string argument
    )
    {
        foreach ((string name, _, HealthTask second) in HeartbeatNames.Clashes(components, names))
        {
            throw new ArgumentException(
                $"two heartbeats are called {Printable.Quoted(name)}; accepted: a name of its own for each, as new HeartbeatCheck(…, name: \"nightly\")",
                argument
            );
        }
    }

    private static void CheckName(string name, Dictionary<string, ComponentDescription> others)
    {
        ComponentName.Check(name);
        if (others.ContainsKey(name))
        {
            throw new ArgumentException(
                $"name is \"{name}\", which another component has; accepted: a name of its own",
                nameof(name)
            );
        }
    }

    private static void CheckPostAction(PostAction? onPost, HealthTask task, Func<HealthTask, bool> isKnown)
    {
        ArgumentNullException.ThrowIfNull(task);
        if (onPost is { Auth: null })
        {
            throw new ArgumentException(
                "onPost fires a Oneshot that has no auth; accepted: new Oneshot(auth: new HtpasswdFile(\"…\"))",
                nameof(onPost)
            );
        }

        if (onPost is not null && !IsWithin(onPost.Target, task) && !isKnown(onPost.Target))
        {
            throw new ArgumentException(
                $"onPost changes {onPost.Target}, which is not part of any component; accepted: a part of this task or of a component added before",
                nameof(onPost)
            );
        }
    }

    private static bool IsWithin(HealthTask sought, HealthTask task) =>
        ReferenceEquals(sought, task) || task.Children.Any(child => IsWithin(sought, child));
}
