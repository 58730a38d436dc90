using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Failover;

/// <summary>What to probe and how to judge the results: an immutable description, a tree of checks and combinators.</summary>
/// <remarks>
/// It holds no state and does no I/O by being built. The same object used in several places is one node: one state, one
/// evaluation at a time. Two objects that describe the same are equal and yet two nodes.
/// </remarks>
public abstract record HealthTask
{
    private protected HealthTask() { }

    /// <summary>The tasks directly below, in a fixed order; empty for a leaf.</summary>
    public virtual ImmutableArray<HealthTask> Children => [];

    /// <summary>The longest that an evaluation takes when everything it asks takes its longest.</summary>
    public abstract TimeSpan LongestTime { get; }

    /// <summary>The task in one line, as logs show it.</summary>
    public abstract string Summary { get; }

    /// <summary>The kind that the task is of; null for a check that is defined outside this library.</summary>
    internal virtual TaskKind? OwnKind => null;

    /// <summary>What <see cref="TaskKind.Make"/> of the kind makes this task of, defaults included.</summary>
    internal virtual ImmutableArray<object?> Values => [];

    /// <summary>The whole description in one line, defaults included and nothing rounded: tasks that do the same have the same
    /// one, and others another one, as far as the task can say.</summary>
    internal string FullText => OwnKind is { } kind ? Call(kind) : $"{GetType().Name}({EscapedText.Of(Summary)})";

    /// <summary>What the child at <paramref name="index"/> of <see cref="Children"/> is to this task: the key of its option, and of
    /// several its name or text.</summary>
    internal string ChildName(int index) =>
        Find(index) is var (option, value, at)
            ? option.TaskName(value, at)
            : index.ToString(CultureInfo.InvariantCulture);

    /// <summary>The same for people; empty where that is the child's text, which says it already.</summary>
    internal string ChildLabel(int index) =>
        Find(index) is var (option, value, at) ? option.TaskLabel(value, at) : ChildName(index);

    /// <summary>Whether the child at <paramref name="index"/> has a name that stays when the child is edited: a key, and not its text.</summary>
    internal bool HasNamedChild(int index) => ChildLabel(index).Length > 0;

    // The option that the child belongs to, and its place there.
    private (Option Option, object? Value, int Index)? Find(int index)
    {
        int left = index;
        if (OwnKind is { } kind)
        {
            ImmutableArray<object?> values = Values;
            for (int i = 0; i < values.Length; i++)
            {
                int count = kind.Options[i].Tasks(values[i]).Count;
                if (left < count)
                {
                    return (kind.Options[i], values[i], left);
                }

                left -= count;
            }
        }

        return null;
    }

    /// <summary>The state before anything has been seen; null where the task names none.</summary>
    internal virtual HealthState? InitialShownState => null;

    /// <summary>Whether some check is evaluated when this task is: false where all are under a
    /// <see cref="Background"/>.</summary>
    internal virtual bool HasOnDemandCheck => Children.Any(child => child.HasOnDemandCheck);

    /// <summary>Whether what it shows changes without being evaluated: a background loop runs somewhere in it, or other jobs report to
    /// it.</summary>
    internal virtual bool ChangesByItself => Children.Any(child => child.ChangesByItself);

    /// <summary>Whether its results are observations, and not judgements of the results of other tasks.</summary>
    internal virtual bool IsObserver => false;

    /// <summary>How other jobs report to it; null where they cannot.</summary>
    internal virtual HeartbeatAccess? HeartbeatAccess => null;

    /// <summary>The POST action that fires it; null where it cannot be fired.</summary>
    internal virtual PostAction? FireAction => null;

    /// <summary>What can make it ok while it is at fail, as the side of a <see cref="Toggle"/> that leads back to ok.</summary>
    internal abstract OkSources OkSources { get; }

    /// <summary>What can make it fail while it is at ok: the same, seen from below a <see cref="Not"/>.</summary>
    internal virtual OkSources FailSources => OkSources.Evidence;

    /// <summary>The name of its kind; for a check that is defined outside this library, of its type.</summary>
    internal string KindName => OwnKind?.Name ?? GetType().Name;

    /// <summary><see cref="FullText"/>, with other texts for the tasks below.</summary>
    internal string TextWith(Func<HealthTask, string> below) => OwnKind is { } kind ? Call(kind, below) : FullText;

    /// <summary><see cref="Summary"/>.</summary>
    public sealed override string ToString() => Summary;

    private string Call(TaskKind kind, Func<HealthTask, string>? below = null)
    {
        below ??= static task => task.FullText;
        ImmutableArray<object?> values = Values;
        StringBuilder text = new(kind.Name);
        text.Append('(');
        bool isFirst = true;
        for (int i = 0; i < values.Length; i++)
        {
            if (values[i] is { } value and not Delegate)
            {
                Option option = kind.Options[i];
                text.Append(isFirst ? "" : ", ").Append(option.Key).Append(": ").Append(option.Text(value, below));
                isFirst = false;
            }
        }

        return text.Append(')').ToString();
    }
}
