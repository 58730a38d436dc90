using System.Collections.Immutable;

namespace Failover;

/// <summary>Makes nodes of what a reader finds in one file: keys once, merged mappings, anchors, and the bounds.</summary>
/// <param name="budget">How many values there may be.</param>
/// <param name="errors">Takes what is wrong; null where the first mistake ends the reading.</param>
internal sealed class YamlBuilder(YamlBudget budget, ConfigurationErrors? errors)
{
    /// <summary>How deep values may be nested: what walks them does so by recursion.</summary>
    public const int DeepestNesting = 100;

    private const string MergeKey = "<<";

    // A set costs more than comparing with each.
    private const int FewKeys = 8;

    // Of nearly all mappings. What has held more is not kept: nesting would keep one for each level.
    private const int MostKept = 64;

    private readonly Dictionary<string, YamlNode> anchors = new(StringComparer.Ordinal);
    private readonly Stack<Mapping> spare = [];

    /// <summary>Whether nothing is missing: what would be said about a hole is of no use.</summary>
    public bool IsWhole { get; private set; } = true;

    /// <summary>How often an anchor, an alias or a merge was met.</summary>
    public int References { get; private set; }

    /// <summary>How many values may still be written.</summary>
    public int Left => budget.Left;

    /// <summary>Something is wrong of which no node can be made.</summary>
    /// <exception cref="UnreadableYamlException">The first mistake ends the reading.</exception>
    public void Miss(Position at, string problem, string accepted, string? nearest = null)
    {
        IsWhole = false;
        Report(at, problem, accepted, nearest);
    }

    /// <summary>A value begins.</summary>
    /// <exception cref="UnreadableYamlException">There are too many, or too many around it.</exception>
    public void Begin(int depth, Position at)
    {
        CheckDepth(depth, at);
        budget.Write(at);
    }

    /// <summary>Another level of nesting begins.</summary>
    /// <exception cref="UnreadableYamlException">There are too many.</exception>
    public static void CheckDepth(int depth, Position at)
    {
        if (depth > DeepestNesting)
        {
            throw new UnreadableYamlException(at, "values are nested too deeply", $"up to {DeepestNesting} levels");
        }
    }

    /// <summary>A node gets a name.</summary>
    public void Name(string anchor, YamlNode node)
    {
        References++;
        anchors[anchor] = node;
    }

    /// <summary>Passes over values that were read before.</summary>
    /// <exception cref="UnreadableYamlException">They are too many.</exception>
    public void Pass(int values, Position at) => budget.Write(values, at);

    /// <summary>The node of that name.</summary>
    public YamlNode Follow(string name, Position at, int depth)
    {
        References++;
        if (!anchors.TryGetValue(name, out YamlNode? target))
        {
            Miss(
                at,
                $"unknown alias {Printable.Quoted(name)}",
                "the name of an anchor before it",
                errors?.Guess(name, anchors.Keys)
            );
            return new YamlText(at, "", isPlain: true);
        }

        if (depth + target.Height - 1 > DeepestNesting)
        {
            throw new UnreadableYamlException(
                at,
                "values are nested too deeply, aliases followed",
                $"up to {DeepestNesting} levels"
            );
        }

        budget.Copy(target.Size, at);
        return target;
    }

    /// <summary>A mapping begins.</summary>
    public Mapping BeginMap(Position at)
    {
        Mapping map = spare.TryPop(out Mapping? used) ? used : new(this);
        map.Start = at;
        return map;
    }

    /// <summary>A mapping whose entries are being read. One that has ended is used again.</summary>
    public sealed class Mapping(YamlBuilder builder)
    {
        private readonly List<YamlEntry> entries = [];

        // Of each entry: where its key stands, which is not where it was written if it is an alias.
        private readonly List<Position> places = [];
        private Dictionary<string, int>? known;
        private YamlNode? merged;

        /// <summary>Where it begins.</summary>
        public Position Start { get; set; }

        /// <summary>Takes an entry.</summary>
        /// <param name="at">Where its key stands.</param>
        /// <param name="key">The key.</param>
        /// <param name="value">The value.</param>
        public void Add(Position at, YamlNode key, YamlNode value)
        {
            if (key is not YamlText text)
            {
                builder.Miss(at, $"a key is {key.Shape}", "a text");
            }
            else if (text is { IsPlain: true, Text: MergeKey } && merged is null)
            {
                builder.References++;
                merged = value;
            }
            else if (FirstOf(text.Text) is { } first)
            {
                builder.Report(at, $"{Printable.Quoted(text.Text)} appears twice, first at {first}");
            }
            else
            {
                Take(new(text, value), at);
            }
        }

        /// <summary>The mapping is over.</summary>
        public YamlMap End()
        {
            if (merged is not null)
            {
                Merge(merged);
            }

            YamlMap map = new(Start, [.. entries]);
            if (entries.Capacity <= MostKept)
            {
                entries.Clear();
                places.Clear();
                (known, merged) = (null, null);
                builder.spare.Push(this);
            }

            return map;
        }

        private void Take(YamlEntry entry, Position at)
        {
            entries.Add(entry);
            places.Add(at);
            if (known is not null)
            {
                known.Add(entry.Name, entries.Count - 1);
            }
            else if (entries.Count > FewKeys)
            {
                known = new(StringComparer.Ordinal);
                for (int i = 0; i < entries.Count; i++)
                {
                    known.Add(entries[i].Name, i);
                }
            }
        }

        private Position? FirstOf(string key)
        {
            if (known is not null)
            {
                return known.TryGetValue(key, out int index) ? places[index] : null;
            }

            for (int i = 0; i < entries.Count; i++)
            {
                if (entries[i].Name == key)
                {
                    return places[i];
                }
            }

            return null;
        }

        // What a mapping says itself counts, and of several that are merged, the first (https://yaml.org/type/merge.html).
        private void Merge(YamlNode all)
        {
            foreach (YamlNode one in all is YamlList list ? list.Items : [all])
            {
                if (one is not YamlMap map)
                {
                    builder.Miss(one.Position, $"{MergeKey} is {one.Shape}", "a mapping, as *NAME, or a list of them");
                    continue;
                }

                foreach (YamlEntry entry in map.Entries)
                {
                    if (FirstOf(entry.Name) is null)
                    {
                        // Another one beside that which was written, also where no alias leads to it.
                        builder.Copy(Start);
                        Take(entry, entry.Key.Position);
                    }
                }
            }
        }
    }

    // An entry of another mapping.
    private void Copy(Position at) => budget.Copy(1, at);

    private void Report(Position at, string problem, string? accepted = null, string? nearest = null)
    {
        if (errors is null)
        {
            throw new UnreadableYamlException(at, problem, accepted);
        }

        errors.Add(at, problem, accepted, nearest);
    }
}

/// <summary>A file of which nothing can be made.</summary>
internal sealed class UnreadableYamlException(Position at, string problem, string? accepted = null) : Exception(problem)
{
    public Position At => at;

    public string? Accepted => accepted;

    /// <summary>Whether there are too many values.</summary>
    public bool IsOverBudget { get; init; }
}
