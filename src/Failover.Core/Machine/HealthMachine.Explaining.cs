namespace Failover;

// What is in force, for people.
internal sealed partial class HealthMachine
{
    /// <summary>Explains a component: each of its nodes, what it stands on and what would change it.</summary>
    public Explanation Explain(ServedComponent component, Instant at)
    {
        return Explainer.Explain(
            component.Root.Vertex.Task,
            task => graph.TryFind(task, out Vertex? vertex) ? View(vertex.Node) : default,
            at
        );

        static NodeView View(Node node) => new(node.State, node.Shown, node.Loop?.NextTurn);
    }

    /// <summary>The checks of a component that have been probed, with what they saw, from left to right.</summary>
    public static IReadOnlyList<(HealthTask Task, Observation Seen)> ChecksOf(ServedComponent component) =>
        [
            .. AllBelow(component.Root)
                .Where(node => node.Combinator is null && node.Shown.IsEvidence)
                .OrderBy(node => node.Vertex.Order)
                .Select(node => (node.Vertex.Task, node.Shown)),
        ];
}
