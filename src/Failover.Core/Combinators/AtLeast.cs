using System.Collections.Immutable;
using System.Globalization;

namespace Failover;

/// <summary>Is ok where so many of its tasks are ok, fail where too many of them are, and an error otherwise: a quorum.</summary>
/// <inheritdoc cref="Logic" path="/remarks"/>
public sealed record AtLeast : Logic
{
    /// <summary>Describes it; evaluates nothing.</summary>
    /// <param name="tasks">One or more tasks. Each is known by its text, so that its state does not depend on its place.</param>
    /// <param name="count">How many have to be ok, reached and not exceeded, from 1 to as many as there are; with
    /// <paramref name="weights"/>, how much weight.</param>
    /// <param name="percent">How many of a hundred have to be ok, over 0, up to 100; of their weight where there are
    /// <paramref name="weights"/>. With <paramref name="count"/> both have to be reached; without either, more than half.</param>
    /// <param name="weights">How much a task counts, from 1 to 1000, by its name; left out, 1.</param>
    /// <exception cref="ArgumentException">No task, one that is null, a number out of range, or a weight for an unknown task.</exception>
    public AtLeast(
        IEnumerable<HealthTask> tasks,
        int? count = null,
        double? percent = null,
        IEnumerable<KeyValuePair<string, int>>? weights = null
    )
        : this(TasksOption.Check(tasks), count, percent, weights) { }

    /// <summary>Describes it; evaluates nothing.</summary>
    /// <param name="tasks">One or more tasks, each with a name of letters, digits, - and _, as <c>("db1", check)</c>.</param>
    /// <param name="count">How many have to be ok, reached and not exceeded, from 1 to as many as there are; with
    /// <paramref name="weights"/>, how much weight.</param>
    /// <param name="percent">How many of a hundred have to be ok, over 0, up to 100; of their weight where there are
    /// <paramref name="weights"/>. With <paramref name="count"/> both have to be reached; without either, more than half.</param>
    /// <param name="weights">How much a task counts, from 1 to 1000, by its name; left out, 1.</param>
    /// <exception cref="ArgumentException">No task, one that is null, a name that is none or appears twice, a number out of range, or a
    /// weight for an unknown task.</exception>
    public AtLeast(
        IEnumerable<(string Name, HealthTask Task)> tasks,
        int? count = null,
        double? percent = null,
        IEnumerable<KeyValuePair<string, int>>? weights = null
    )
        : this(TasksOption.Check(tasks), count, percent, weights) { }

    private AtLeast(TaskList tasks, int? count, double? percent, IEnumerable<KeyValuePair<string, int>>? weights)
        : base(tasks)
    {
        Count = count is { } number ? CountOption.Check(number) : null;
        Percent = percent is { } part ? PercentOption.Check(part) : null;
        this.weights = WeightsOption.Check(weights);
        eachWeight = new(tasks.Select((_, index) => WeightOf(tasks.NameOf(index))));
        foreach ((string name, _) in this.weights ?? Enumerable.Empty<KeyValuePair<string, int>>())
        {
            if (tasks.Find(name) is null)
            {
                throw new ArgumentException(
                    $"{WeightsOption.Name} is a map with {Printable.Quoted(name)}, which is the name of no task; accepted: {string.Join(", ", tasks.Select((_, index) => tasks.NameOf(index)))}",
                    nameof(weights)
                );
            }
        }

        long total = eachWeight.Sum();
        if (Count > total)
        {
            throw new ArgumentOutOfRangeException(
                nameof(count),
                count,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{CountOption.Name} is {count}, and all tasks together have {total}; accepted: 1 to {total}"
                )
            );
        }

        Rule = new(NeededOf(total), total);
    }

    private static readonly TaskListOption TasksOption = new("tasks", "the tasks of which so many have to be ok");
    private static readonly CountOption CountOption = new(
        "count",
        "how many have to be ok; with weights, how much weight",
        "as percent says; without it, more than half"
    );
    private static readonly PercentOption PercentOption = new(
        "percent",
        "how many of a hundred have to be ok, beside count",
        "as count says"
    );
    private static readonly MapOption<int> WeightsOption = new(
        "weights",
        "how much a task counts, by its name",
        new ChildNameOption(),
        new CountOption("weight", "how much it counts"),
        "1 for each"
    );

    private readonly ValueList<KeyValuePair<string, int>>? weights;
    private readonly ValueList<long> eachWeight;

    /// <inheritdoc cref="Hysteresis.Kind"/>
    public static TaskKind Kind { get; } =
        new(
            "at_least",
            "is ok where so many of its tasks are ok, and fail where too many of them are",
            [TasksOption, CountOption, PercentOption, WeightsOption]
        )
        {
            Make = given => new AtLeast(
                (TaskList)given[0]!,
                (int?)given[1],
                (double?)given[2],
                (ValueList<KeyValuePair<string, int>>?)given[3]
            ),
        };

    /// <summary>How many have to be ok, or how much weight; null where that is not given.</summary>
    public int? Count { get; }

    /// <summary>How many of a hundred have to be ok; null where that is not given.</summary>
    public double? Percent { get; }

    internal override TaskKind OwnKind => Kind;

    internal override ImmutableArray<object?> Values => [Tasks, Count, Percent, weights];

    internal override string OwnSummary =>
        string.Create(CultureInfo.InvariantCulture, $"at least {Rule.Needed} of {Rule.Total}");

    private protected override string Verb => string.Create(CultureInfo.InvariantCulture, $"at_least {Rule.Needed}");

    private protected override Kleene Rule { get; }

    private protected override long WeightOf(int index) => eachWeight[index];

    private long WeightOf(string name) =>
        weights?.Where(entry => entry.Key == name).Select(entry => (long?)entry.Value).FirstOrDefault() ?? 1;

    // A part of a task is a whole one.
    private long NeededOf(long total)
    {
        long byPercent = Percent is { } percent ? (long)Math.Ceiling((decimal)percent * total / 100) : 1;
        return Count is null && Percent is null ? (total / 2) + 1 : Math.Max(Count ?? 1, byPercent);
    }
}
