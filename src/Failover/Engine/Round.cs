using System.Diagnostics.CodeAnalysis;

namespace Failover;

/// <summary>One evaluation of a tree from its root: a node that is reached on several ways is evaluated once in
/// it.</summary>
/// <remarks>Used under the lock of the engine.</remarks>
internal sealed class Round
{
    private Dictionary<NodeRunner, Task<Observation>>? shared;

    public bool TryFind(NodeRunner node, [NotNullWhen(true)] out Task<Observation>? evaluation)
    {
        evaluation = null;
        return shared is not null && shared.TryGetValue(node, out evaluation);
    }

    public void Remember(NodeRunner node, Task<Observation> evaluation)
    {
        if (node.Parents.Count > 1)
        {
            (shared ??= []).TryAdd(node, evaluation);
        }
    }
}
