namespace Failover.Simulation;

/// <summary>Each request is answered once, in time, and changes nothing where it is answered from memory.</summary>
internal sealed class AnswerInvariants(World world)
{
    private static readonly TimeSpan LongestHold = TimeSpan.FromMilliseconds(250);

    private readonly Dictionary<object, (ServedComponent Component, Instant At, Instant Deadline)> asked = new(
        ReferenceEqualityComparer.Instance
    );

    // By the order in which the machine says so: it may have published more meanwhile.
    private readonly Dictionary<ServedComponent, Snapshot> published = [];

    public void Published(ServedComponent component, Snapshot snapshot) => published[component] = snapshot;

    public void Asked(object ticket, ServedComponent component)
    {
        published.TryAdd(component, component.Published);
        Instant deadline = component.Description.ResponseDeadline is { } wait ? world.Now + wait : Instant.Never;
        asked.Add(ticket, (component, world.Now, deadline));
    }

    public void Answered(object ticket, Snapshot answer)
    {
        if (!asked.Remove(ticket, out var request))
        {
            throw new InvariantViolation("answers", "a request was answered twice");
        }

        ServedComponent component = request.Component;
        HealthState served = published[component].ReadAt(world.Now).State;
        // At a response deadline, an ok that is far older than an evaluation takes is not the answer.
        bool isAtDeadline = world.Now >= request.Deadline;
        if (answer.State != served && !(isAtDeadline && served == HealthState.Ok))
        {
            throw new InvariantViolation(
                "answers",
                $"a request for /{component.Name} was answered {answer.State}, and {served} is served"
            );
        }
    }

    /// <summary>A request for a component that is answered from memory has been taken in: it is answered, and changes nothing.</summary>
    public static void OnlyRead(IReadOnlyList<MachineAction> actions)
    {
        if (actions is not [MachineAction.Answer])
        {
            throw new InvariantViolation(
                "read purity",
                $"a read did {string.Join(", ", actions.Select(ActionText.Of))}"
            );
        }
    }

    public void Died()
    {
        asked.Clear();
        published.Clear();
    }

    /// <summary>What was in flight for another description begins anew.</summary>
    public void Reloaded()
    {
        foreach (object ticket in asked.Keys)
        {
            asked[ticket] = asked[ticket] with { At = world.Now };
        }
    }

    /// <summary>Whatever hangs: after three times the longest time of its task, and the time for which a publication may be held.</summary>
    public void Always()
    {
        foreach ((ServedComponent component, Instant at, _) in asked.Values)
        {
            TimeSpan longest =
                component.Root.Vertex.Task is Deadline { After: var after } && after < component.OverdueAfter
                    ? after
                    : component.OverdueAfter;
            if (world.Now - at > longest + LongestHold)
            {
                throw new InvariantViolation(
                    "answers",
                    $"a request for /{component.Name} waits for {world.Now - at}, and may for {longest}"
                );
            }
        }
    }
}
