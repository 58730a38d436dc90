namespace Failover;

/// <summary>When a check is probed, and how its results are judged.</summary>
internal sealed record ConvertedJudgement
{
    public string? Interval { get; init; }

    /// <summary>The interval while the state is about to change.</summary>
    public TimeSpan? FastInterval { get; init; }

    /// <summary>The interval in fail.</summary>
    public TimeSpan? DownInterval { get; init; }

    public int? FailAfter { get; init; }

    public int? OkAfter { get; init; }

    /// <summary>Whether it begins in fail.</summary>
    public bool StartsFailed { get; init; }

    // A background check takes none that is longer; of the same length it says nothing.
    private bool IsFastShorter => FastInterval is { } fast && !(IntervalTime <= fast);

    private TimeSpan? IntervalTime => Interval is null ? null : (TimeSpan?)DurationText.Parse(Interval).Value;

    /// <summary>The lines of a component with this task: short, unless an option has no short form.</summary>
    /// <param name="task">The task.</param>
    /// <param name="line">Where the component begins in the source.</param>
    /// <param name="remarks">Takes what is lost.</param>
    public ConvertedMap Around(ConvertedMap task, int line, ConvertedMap remarks)
    {
        if (FastInterval is { } longer && IntervalTime < longer)
        {
            remarks.Lose(
                line,
                $"a fast_interval of {ConvertedTask.Duration(longer)}, which is longer than the interval of {Interval}"
            );
        }

        bool isJudged = FailAfter is > 1 || OkAfter is > 1;
        string? initial = StartsFailed ? "fail" : null;
        if (!IsFastShorter && DownInterval is null)
        {
            return new ConvertedMap(isBlock: true)
                .AddAll(task)
                .AddIf("interval", Interval)
                .AddIf("fail_after", Counted(FailAfter))
                .AddIf("ok_after", Counted(OkAfter))
                .AddIf("initial_state", isJudged || Interval is not null ? initial : null);
        }

        ConvertedMap judged = isJudged
            ? new ConvertedMap().Add(
                "hysteresis",
                new ConvertedMap()
                    .Add("task", task)
                    .AddIf("fail_after", Counted(FailAfter))
                    .AddIf("ok_after", Counted(OkAfter))
                    .AddIf("initial_state", initial)
            )
            : task;
        return new ConvertedMap(isBlock: true).Add(
            "background",
            new ConvertedMap(isBlock: true)
                .AddIf("interval", Interval)
                .AddIf("fast_interval", IsFastShorter ? ConvertedTask.Duration(FastInterval!.Value) : null)
                .AddIf("down_interval", DownInterval is { } down ? ConvertedTask.Duration(down) : null)
                .AddIf("initial_state", isJudged ? null : initial)
                .Add("task", judged)
        );
    }

    private static string? Counted(int? count) => count is > 1 ? ConvertedTask.Number(count.Value) : null;
}

/// <summary>The components of a file that is being written.</summary>
internal sealed class ConvertedComponents
{
    private readonly HashSet<string> names = new(StringComparer.Ordinal);

    public ConvertedMap Map { get; } = new(isBlock: true);

    /// <summary>Adds a component; where nothing of its task could be converted, only the remarks that say so.</summary>
    /// <param name="name">Its name in the source.</param>
    /// <param name="line">Where it begins there.</param>
    /// <param name="task">Its task; null where there is none.</param>
    /// <param name="judgement">How the task is judged.</param>
    /// <param name="remarks">What was lost of it.</param>
    public void Add(string name, int line, ConvertedMap? task, ConvertedJudgement judgement, ConvertedMap remarks)
    {
        task = task is null ? null : new ConvertedOptions(line, remarks).Accepted(task);
        if (task is null)
        {
            if (remarks.Losses == 0)
            {
                remarks.Lose(line, "its check");
            }

            Map.Note($"{name} has no check here:");
            Map.AddAll(remarks);
            return;
        }

        string free = name;
        for (int number = 2; !names.Add(free); number++)
        {
            free = $"{name}-{number}";
        }

        ConvertedMap judged = judgement.Around(task, line, remarks);
        Map.Add(free, new ConvertedMap(isBlock: true).AddAll(remarks).AddAll(judged));
    }

    /// <summary>A part of a name: letters, digits and <c>. _ -</c> as they are, all else as hyphens.</summary>
    public static string Part(string text)
    {
        string part = string.Concat(
                text.Trim()
                    .Select(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '_' or ':' ? letter : '-')
            )
            .Trim('-');
        return part.Trim('.').Length == 0 ? "unnamed" : part;
    }
}
