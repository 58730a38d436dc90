using System.Collections.Immutable;
using System.Globalization;

namespace Failover;

/// <summary>Tasks, each with a name of its own or known by its text, in the order of those names: what was given in another order is
/// the same list, and a task keeps its path when a list is reordered.</summary>
internal sealed class TaskList : IReadOnlyList<HealthTask>, IEquatable<TaskList>
{
    private const int LongestText = 64;
    private const int DigestLength = 8;

    private readonly ImmutableArray<(string Name, HealthTask Task)> items;

    private TaskList(IEnumerable<(string Name, HealthTask Task)> items, bool hasNames)
    {
        this.items = [.. items.OrderBy(item => item.Name, StringComparer.Ordinal)];
        HasNames = hasNames;
    }

    /// <summary>Whether the tasks were given names.</summary>
    public bool HasNames { get; }

    public int Count => items.Length;

    public HealthTask this[int index] => items[index].Task;

    /// <summary>Tasks with names, all different.</summary>
    public static TaskList Named(IEnumerable<(string Name, HealthTask Task)> tasks) => new(tasks, hasNames: true);

    /// <summary>Tasks that are known by their texts. Those with equal texts are distinguished by what the text leaves out, and those that
    /// are equal in all by a number: which of them has which number makes no difference.</summary>
    public static TaskList Unnamed(IEnumerable<HealthTask> tasks) => new(Name([.. tasks]), hasNames: false);

    /// <summary>The name, or the text, of the task at <paramref name="index"/>: different for each.</summary>
    public string NameOf(int index) => items[index].Name;

    public int? Find(string name)
    {
        int index = items.IndexOf(items.FirstOrDefault(item => item.Name == name));
        return index < 0 ? null : index;
    }

    public bool Equals(TaskList? other) =>
        other is not null && HasNames == other.HasNames && items.SequenceEqual(other.items);

    public override bool Equals(object? obj) => Equals(obj as TaskList);

    public override int GetHashCode()
    {
        HashCode hash = default;
        foreach ((string name, HealthTask task) in items)
        {
            hash.Add(name, StringComparer.Ordinal);
            hash.Add(task);
        }

        return hash.ToHashCode();
    }

    public IEnumerator<HealthTask> GetEnumerator() => items.Select(item => item.Task).GetEnumerator();

    System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();

    private static List<(string, HealthTask)> Name(ImmutableArray<HealthTask> tasks)
    {
        List<(string, HealthTask)> named = [];
        foreach (var alike in tasks.GroupBy(task => TextOf(task), StringComparer.Ordinal))
        {
            HealthTask[] all = [.. alike];
            if (all.Length == 1)
            {
                named.Add((alike.Key, all[0]));
                continue;
            }

            foreach (var equal in all.GroupBy(task => task.FullText, StringComparer.Ordinal))
            {
                HealthTask[] same = [.. equal];
                string text = same.Length == all.Length ? alike.Key : $"{alike.Key} {Digest(equal.Key)}";
                named.AddRange(
                    same.Select(
                        (task, index) =>
                            (
                                index == 0
                                    ? text
                                    : string.Create(CultureInfo.InvariantCulture, $"{text} ({index + 1})"),
                                task
                            )
                    )
                );
            }
        }

        return named;
    }

    // A key ends its owner with the last #.
    private static string TextOf(HealthTask task)
    {
        string text = task.Summary;
        string shown =
            text.Length > LongestText
                ? $"{Printable.Escape(text, LongestText)} {Digest(text)}"
                : Printable.Escape(text);
        return shown.Replace("#", "%23", StringComparison.Ordinal);
    }

    private static string Digest(string text) => Fingerprint.Text(Fingerprint.Of(text))[..DigestLength];
}
