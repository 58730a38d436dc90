using System.Collections.Immutable;

namespace Failover;

/// <summary>One value of a configuration, in text: equal texts, equal values.</summary>
/// <param name="Key">Its path, as <c>to_fail.task.port</c>; empty: the task itself.</param>
/// <param name="Value">The value; of a task, its kind.</param>
internal sealed record ConfiguredSetting(string Key, string Value)
{
    /// <summary>A task with all that is below it, each task before its options.</summary>
    /// <param name="task">The task.</param>
    /// <param name="redact">Takes what is secret out of a text.</param>
    public static ImmutableArray<ConfiguredSetting> Of(HealthTask task, Func<string, string> redact)
    {
        List<ConfiguredSetting> settings = [];
        Add(task, "");
        return [.. settings];

        void Add(HealthTask one, string key)
        {
            if (one.OwnKind is not { } kind)
            {
                settings.Add(new(key, redact(one.FullText)));
                return;
            }

            settings.Add(new(key, kind.Name));
            foreach ((Option option, object? value) in kind.Options.Zip(one.Values))
            {
                IReadOnlyList<HealthTask> below = option.Tasks(value);
                // A name may be the key of another option.
                string list = option is TaskListOption && option != kind.WholeOption ? Below(key, option.Key) : key;
                foreach ((int index, HealthTask child) in below.Index())
                {
                    Add(child, Below(list, option.TaskName(value, index)));
                }

                if (below.Count == 0 && value is not null and not Delegate)
                {
                    settings.Add(new(Below(key, option.Key), redact(option.Text(value))));
                }
            }
        }
    }

    private static string Below(string key, string name) => key.Length == 0 ? name : $"{key}.{name}";
}
