using System.Collections.Immutable;

namespace Failover;

/// <summary>An explanation as a tree of lines.</summary>
internal static class TreeText
{
    public static IEnumerable<Line> Lines(Explanation root) => Lines(root, first: "", others: "");

    /// <param name="node">The node.</param>
    /// <param name="first">What is before its first line.</param>
    /// <param name="others">What is before all others.</param>
    private static IEnumerable<Line> Lines(Explanation node, string first, string others)
    {
        yield return new([.. Branch(first), .. Heading(node)]);
        string stem = node.Children.IsEmpty ? $"{others}   " : $"{others}│  ";
        foreach ((string label, string text) in Details(node))
        {
            yield return new([.. Branch(stem), new(label, Tone.Faint), Cell.Escaped(text)]);
        }

        for (int index = 0; index < node.Children.Length; index++)
        {
            bool isLast = index == node.Children.Length - 1;
            foreach (
                Line line in Lines(
                    node.Children[index],
                    others + (isLast ? "└─ " : "├─ "),
                    others + (isLast ? "   " : "│  ")
                )
            )
            {
                yield return line;
            }
        }
    }

    private static IEnumerable<Cell> Heading(Explanation node)
    {
        if (node.Name.Length > 0)
        {
            yield return Cell.Escaped($"{node.Name}: ", Tone.Faint);
        }

        // A task that is not evaluated counts for nothing, whatever its state.
        yield return node.IsInCharge ? Cell.Of(node.State, node.HasWarning) : new(node.State.Word(), Tone.Faint);
        yield return Cell.Escaped($" {node.Summary}", node.IsInCharge ? Tone.Strong : Tone.Faint);
        if (!node.IsInCharge)
        {
            yield return new(", inactive", Tone.Faint);
        }

        if (node.IsRepeated)
        {
            yield return new(", the same as above", Tone.Faint);
        }
    }

    private static IEnumerable<(string Label, string Text)> Details(Explanation node) =>
        new[]
        {
            ("why:  ", node.Reason),
            ("perf: ", node.PerformanceData),
            ("seen: ", node.Evidence),
            ("next: ", node.Outlook),
        }.Where(detail => detail.Item2.Length > 0);

    private static ImmutableArray<Cell> Branch(string text) => text.Length == 0 ? [] : [new(text, Tone.Faint)];
}
