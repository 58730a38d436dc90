using System.Collections.Immutable;

namespace Failover;

// What a file says of a component, before anything is made of it.
internal sealed partial class ComponentBinder
{
    /// <summary>A component as its mapping says it.</summary>
    private sealed class ComponentEntries(YamlEntry entry, ImmutableArray<YamlEntry> own, TaskEntries? task)
    {
        public string Name => entry.Name;

        public Position At => entry.Key.Position;

        /// <summary>What it is, as <c>component "mail"</c>.</summary>
        public TaskPlace Place => TaskPlace.OfComponent(Name);

        /// <summary>Its task; null where that is wrong.</summary>
        public TaskEntries? Task => task;

        /// <summary>Its lines; null where the file was not read by lines.</summary>
        public Lines? Lines { get; init; }

        /// <summary>Whether something beside its text has a say in it.</summary>
        public bool HasDependencies { get; set; }

        /// <summary>What was made of it; null before.</summary>
        public BoundTask? Bound { get; set; }

        /// <summary>One of the keys of the component itself; null where it is not there.</summary>
        public YamlEntry? Find(string key)
        {
            foreach (YamlEntry one in own)
            {
                if (one.Name == key)
                {
                    return one;
                }
            }

            return null;
        }
    }
}
