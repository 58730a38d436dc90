namespace Failover;

// Components whose text is what it was: they are taken over as they are.
internal sealed partial class ComponentBinder
{
    private readonly List<KnownComponent> known = [];

    /// <summary>Those of them that the next reading can take over.</summary>
    public IReadOnlyList<KnownComponent> Known => known;

    // Its text is what it was, and so it was good; its name may be another one's by now.
    private void AddKnown(YamlEntry entry, KnownComponent before, Lines lines)
    {
        CheckName(entry, TaskPlace.OfComponent(entry.Name));
        BoundTask task = new(before.Description.Task, before.Tasks, before.Depth);
        found.Add(new(entry, own: [], task: null) { Bound = task, Lines = lines });
        named.AddComponent(entry.Name, entry.Key.Position, _ => task);
    }

    // What a ref leads to, or a heartbeat's name, is for the whole file to say.
    private void Remember(ComponentDescription component, ComponentEntries entries, BoundTask bound)
    {
        if (
            entries is { Lines.Block: { IsOfItsOwn: true } block, HasDependencies: false }
            && !HeartbeatNames.AreIn(component.Task)
            && entries.Task?.Task.Name != FileKeys.Ref
            && AreUnnamedBelow(component.Task)
        )
        {
            if (KnownComponent.Of(block.Hash, component, block.Values, bound) is { } one)
            {
                known.Add(one);
            }
        }
    }

    private bool AreUnnamedBelow(HealthTask task)
    {
        foreach (HealthTask child in task.Children)
        {
            if (named.HasPlace(child) || !AreUnnamedBelow(child))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Which lines of a file are those of a component.</summary>
    private readonly record struct Lines(YamlBlocks Blocks, int Index)
    {
        public YamlBlock Block => Blocks.All[Index];

        /// <summary>What is known of it; null where its lines have been read.</summary>
        public KnownComponent? Known => Block.Known is { } known ? Blocks.Known[known] : null;
    }
}
