namespace Failover;

// What is in force, for people.
internal sealed partial class HealthMachine
{
    /// <summary>Explains a component: for each of its nodes, its evidence and what would change its state.</summary>
    public Explanation Explain(ServedComponent component, Instant at)
    {
        return Explainer.Explain(
            component.Root.Vertex.Task,
            task => graph.TryFind(task, out Vertex? vertex) ? View(vertex.Node) : default,
            at
        );

        static NodeView View(Node node) => new(node.State, node.Shown, node.Loop?.NextTurn);
    }

    /// <summary>When the checks of a component are probed or reported to, and what their newest results come to.</summary>
    public ComponentProbes ProbesOf(ServedComponent component, Instant at)
    {
        Instant? last = null;
        Instant? next = null;
        foreach (Node node in AllBelow(component.Root))
        {
            if (node is { Combinator: null, Shown: { IsEvidence: true, Ended: var ended } })
            {
                last = Instant.Max(last ?? ended, ended);
            }

            BeatSchedule? beats = node.Combinator?.BeatsOf(node.State);
            if (beats?.Last is { } beat)
            {
                last = Instant.Max(last ?? beat, beat);
            }

            if ((node.Loop?.NextTurn ?? beats?.Next) is { } due)
            {
                next = Instant.Min(next ?? due, due);
            }
        }

        Observation? fresh = FreshResult.Of(
            component.Root.Vertex.Task,
            task =>
                graph.TryFind(task, out Vertex? vertex) && vertex.Node.Shown is { IsEvidence: true } seen ? seen : null,
            at
        );
        return new(last, next, fresh?.State);
    }

    /// <summary>The checks of a component that have been probed, with what they saw, from left to right.</summary>
    public static IReadOnlyList<(HealthTask Task, Observation Seen)> ChecksOf(ServedComponent component) =>
        [
            .. AllBelow(component.Root)
                .Where(node => node.Vertex.Task.IsObserver && node.Shown.IsEvidence)
                .OrderBy(node => node.Vertex.Order)
                .Select(node => (node.Vertex.Task, node.Shown)),
        ];
}
