using System.Collections.Immutable;
using System.Text;

namespace Failover;

/// <summary>The tasks and components of a configuration as a file in the nested form says them, with nothing beside a task: the tree
/// that is served. Loaded again, it gives equal descriptions.</summary>
/// <remarks>What is at its default is left out, defaults of the file are filled in, and the places of secrets are where their values
/// would be.</remarks>
internal sealed class NestedForm
{
    private const string Indent = "  ";

    private readonly FailoverConfiguration configuration;
    private readonly Dictionary<HealthTask, string> names = new(ReferenceEqualityComparer.Instance);
    private readonly ImmutableArray<(string Value, string Shown)> secrets;
    private readonly StringBuilder text = new();

    private NestedForm(FailoverConfiguration configuration)
    {
        this.configuration = configuration;
        // What the file itself holds is said as the file says it.
        secrets =
        [
            .. configuration
                .Secrets.Values.Where(secret => secret.Shown != Substitution.Concealed)
                .OrderByDescending(secret => secret.Value.Length),
        ];
        foreach ((HealthTask task, string name) in configuration.TaskNames)
        {
            names.Add(task, name);
        }

        foreach (ComponentDescription component in configuration.Components.Where(one => !one.IsAlias))
        {
            names.TryAdd(component.Task, component.Name);
        }
    }

    /// <summary>The text.</summary>
    public static string Of(FailoverConfiguration configuration)
    {
        NestedForm form = new(configuration);
        form.Write();
        return form.text.ToString();
    }

    private void Write()
    {
        if (configuration.TaskNames.Count > 0)
        {
            text.Append(FileKeys.Tasks).Append(":\n");
            foreach ((HealthTask task, string name) in configuration.TaskNames)
            {
                text.Append(Indent).Append(YamlScalar.Of(name)).Append(":\n");
                WriteKind(task, Indent + Indent);
            }
        }

        if (configuration.Components.IsEmpty)
        {
            text.Append(FileKeys.Components).Append(": {}\n");
            return;
        }

        text.Append(FileKeys.Components).Append(":\n");
        foreach (ComponentDescription component in configuration.Components)
        {
            text.Append(Indent).Append(YamlScalar.Of(component.Name)).Append(":\n");
            Write(component, Indent + Indent);
        }
    }

    private void Write(ComponentDescription component, string indent)
    {
        if (names.TryGetValue(component.Task, out string? name) && name != component.Name)
        {
            WriteLine(indent, FileKeys.Ref, YamlScalar.Of(name));
        }
        else
        {
            WriteKind(component.Task, indent);
        }

        if (component.OnPostText is { } onPost)
        {
            WriteLine(indent, FileKeys.OnPost, YamlScalar.Of(onPost));
        }

        if (component.ResponseDeadline is { } deadline)
        {
            WriteLine(indent, FileKeys.ResponseDeadline, DurationText.Exact(deadline));
        }

        if (component.OnError is { How: not OnError.Error } onError)
        {
            WriteLine(indent, FileKeys.OnError, ErrorHandling.HowOption.Text(onError.How));
            if (onError.How == OnError.Hold)
            {
                WriteLine(indent, FileKeys.OnErrorFor, DurationText.Exact(onError.HoldsFor));
            }
        }

        if (component.HasProbeHistogram)
        {
            WriteLine(
                indent,
                FileKeys.ProbeHistogram,
                ComponentDescription.ProbeHistogramOption.Text(component.HasProbeHistogram)
            );
        }
    }

    // A task of a name of its own is written once, there.
    private void WriteTask(HealthTask task, string indent)
    {
        if (names.TryGetValue(task, out string? name))
        {
            WriteLine(indent, FileKeys.Ref, YamlScalar.Of(name));
        }
        else
        {
            WriteKind(task, indent);
        }
    }

    private void WriteKind(HealthTask task, string indent)
    {
        TaskKind kind = task.OwnKind!;
        if (kind.WholeOption is { } whole)
        {
            Write(whole, kind.Name, task.Values[kind.Options.IndexOf(whole)]!, indent);
            return;
        }

        (Option Option, object Value)[] said = [.. Said(task, kind)];
        text.Append(indent).Append(kind.Name).Append(said.Length == 0 ? ": {}\n" : ":\n");
        foreach ((Option option, object value) in said)
        {
            Write(option, option.Key, value, indent + Indent);
        }
    }

    private void Write(Option option, string key, object value, string indent)
    {
        switch (option)
        {
            case TaskOption:
                text.Append(indent).Append(key).Append(":\n");
                WriteTask((HealthTask)value, indent + Indent);
                break;
            case TaskListOption:
                text.Append(indent).Append(key).Append(":\n");
                Write((TaskList)value, indent + Indent);
                break;
            default:
                WriteLine(indent, key, Flow(option, value));
                break;
        }
    }

    private void Write(TaskList tasks, string indent)
    {
        foreach ((int index, HealthTask task) in tasks.Index())
        {
            if (tasks.HasNames)
            {
                text.Append(indent).Append(YamlScalar.Of(tasks.NameOf(index))).Append(":\n");
            }

            // "- " stands where the indent of the first line ends.
            int start = text.Length;
            WriteTask(task, indent + Indent);
            text[start + indent.Length] = tasks.HasNames ? ' ' : '-';
        }
    }

    private void WriteLine(string indent, string key, string value) =>
        text.Append(indent).Append(key).Append(": ").Append(value).Append('\n');

    private string Flow(Option option, object value) =>
        option switch
        {
            ThresholdOption => Flow((Threshold)value),
            ListOption list =>
                $"[{string.Join(", ", ((System.Collections.IEnumerable)value).Cast<object>().Select(item => Scalar(list.ItemOption, item)))}]",
            MapOption map =>
                $"{{{string.Join(", ", map.Entries(value).Select(entry => $"{YamlScalar.Of(entry.Key)}: {Scalar(map.ValueOption, entry.Value)}"))}}}",
            AuthenticationOption => YamlScalar.Of(WithSecrets(((HtpasswdFile)value).Path)),
            _ => Scalar(option, value),
        };

    private static string Flow(Threshold threshold) =>
        threshold switch
        {
            BothThreshold both => Joined(both.Left, "and", both.Right),
            EitherThreshold either => Joined(either.Left, "or", either.Right),
            _ => threshold.FullText,
        };

    private static string Joined(Threshold left, string word, Threshold right)
    {
        string first = left is CountThreshold ? "count" : "duration";
        // {count: 3, and: 30} is refused, for 30 s may have been meant.
        string second = right is CountThreshold ? $"{{count: {right.FullText}}}" : Flow(right);
        return $"{{{first}: {left.FullText}, {word}: {second}}}";
    }

    private string Scalar(Option option, object value) =>
        YamlScalar.Of(WithSecrets(option is ScalarOption scalar ? scalar.FileText(value) : option.Text(value)));

    // As the file would say it: the place of the secret for its value, and no place where there was none.
    // The value itself, letter by letter: a text that only resembles it would become another one.
    private string WithSecrets(string value)
    {
        StringBuilder said = new();
        for (int at = 0; at < value.Length; )
        {
            string rest = value[at..];
            (string found, string shown) = secrets.FirstOrDefault(secret =>
                rest.StartsWith(secret.Value, StringComparison.Ordinal)
            );
            // A dollar before a place would make it a text.
            if (found is not null && (at == 0 || value[at - 1] != '$'))
            {
                said.Append(shown);
                at += found.Length;
            }
            else
            {
                bool isPlace = rest.StartsWith("${", StringComparison.Ordinal);
                said.Append(isPlace ? "$${" : rest[..1]);
                at += isPlace ? 2 : 1;
            }
        }

        return said.ToString();
    }

    // What is left out has a default, and is one where the task without it is the same.
    private static IEnumerable<(Option Option, object Value)> Said(HealthTask task, TaskKind kind)
    {
        for (int i = 0; i < kind.Options.Length; i++)
        {
            if (task.Values[i] is { } value && (kind.Options[i].Default is null || !IsTheSameWithout(i, task, kind)))
            {
                yield return (kind.Options[i], value);
            }
        }
    }

    private static bool IsTheSameWithout(int option, HealthTask task, TaskKind kind)
    {
        try
        {
            return kind.Make!(task.Values.SetItem(option, null)).FullText == task.FullText;
        }
        catch (ArgumentException)
        {
            // Another option needs it.
            return false;
        }
    }
}
