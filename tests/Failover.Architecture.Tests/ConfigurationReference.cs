using System.Text;

namespace Failover;

/// <summary>The reference page of the configuration file, made of the same data that the file is read with.</summary>
internal static class ConfigurationReference
{
    public static string Page { get; } = Write();

    private static string Write()
    {
        StringBuilder page = new();
        page.Append(
            $$"""
            <!-- Generated from src/Failover.Cli/Configuration by ./build.sh docs: do not edit. -->

            # The configuration file

            YAML in UTF-8, up to {{ByteSize.Text(YamlFile.Largest)}} in a file. All its errors are reported at once, with their positions. A
            [schema](failover.schema.json) lets an editor help: `# yaml-language-server: $schema=` and where it is, in the first line.

            ```yaml
            {{Example}}
            ```

            ## The file

            {{Table(FileKeys.Top)}}

            A file that is included holds {{Words(FileKeys.Included)}} only. Paths, in all files, begin where the file is that names them.

            ### `{{FileKeys.Agent}}`

            [HAProxy's agent checks](../guide/behind-haproxy.md#agent-checks).

            {{Table(FileKeys.OfAgent)}}

            ### `{{FileKeys.Access}}`

            [Who may do what](../guide/security.md#the-management-api).

            {{Table(FileKeys.OfAccess)}}

            A token under `{{FileKeys.Tokens}}` is a mapping of:

            {{Table(FileKeys.OfToken)}}

            ### `{{FileKeys.Tls}}`

            {{Table(FileKeys.OfTls)}}

            ### `{{FileKeys.State}}`

            {{Table(FileKeys.OfState)}}

            ### `{{FileKeys.Otlp}}`

            [What is exported, and what happens when an export fails](../guide/metrics.md#sending-metrics-by-otlp).

            {{Table(FileKeys.OfOtlp)}}

            ### `{{FileKeys.Connections}}`

            Each kind of client has its own budget, out of the same limit of open files (`LimitNOFILE=`). While less than three quarters of a
            budget are in use, one source may hold any number; above, a newcomer takes the place of the connection that has been idle for longest
            of the source that holds most. A source is an IPv4 address or the /64 of an IPv6 address. A budget that does not
            fit is reported in the log.

            {{Table(FileKeys.OfConnections)}}

            ### `{{FileKeys.Guards}}`

            A guard is a mapping of:

            {{Table(FileKeys.OfGuard)}}

            ### `{{FileKeys.Maintenance}}`

            [What a window does, and what the clocks do to it](../guide/operations.md#scheduled-maintenance). A maintenance is a mapping of:

            {{Table(FileKeys.OfMaintenance)}}

            ### `{{FileKeys.Notifications}}`

            [What is reported, retries and dead letters](../guide/notifications.md).

            {{Table(FileKeys.OfNotifications)}}

            A route is a mapping with exactly one receiver, and:

            {{Table(FileKeys.OfRoute)}}

            {{string.Join("\n\n", ReceiverKinds.All.Select(Section))}}

            ### `{{FileKeys.Probes}}`

            [Why they wait, and for how long](../guide/tasks.md#how-many-probes-run-at-a-time).

            {{Table(FileKeys.OfProbes)}}

            ### `{{FileKeys.Defaults}}`

            What a task leaves out is looked for here, by the key of the option, before its own default holds: {{Words(
                Defaults.Possible.Select(option => option.Key).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)
            )}}.

            ## Components

            A component is one [task](#tasks), with the keys that may stand beside any task, and:

            {{Table(FileKeys.OfComponent)}}

            ## Tasks

            A task is a mapping with the kind of the task, or `{{FileKeys.Ref}}` with the name of a task under `{{FileKeys.Tasks}}` or of a component. A name is one
            task wherever it is used: one state, one look at a time. What a YAML alias repeats is a task of its own.

            ### Keys beside a task

            Beside the kind may stand keys that put layers around the task, wherever a task stands: the short form of the nested one, which
            `failover check --expand` prints. From outside: {{Words(
                TaskLayer.InsideOut.Reverse().Select(layer => layer.Keys.Kind.Name).Prepend(Toggle.Kind.Name)
            )}}, the task. A layer exists only by the key that makes it: `{{FileKeys.Defaults}}` fill
            layers and make none. `initial_state` belongs to the `hysteresis`, else to the `background`. Beside {{Words(
                TaskLayer.WithoutLayers
            )}} none of
            these keys is accepted.

            | key | layer | meaning | accepted |
            |---|---|---|---|
            {{string.Join('\n', TaskLayer.Names.Select(BesideRow))}}
            | `{{FileKeys.Latch}}` | makes `{{Toggle.Kind.Name}}`, with a `{{Oneshot.Kind.Name}}` and `{{FileKeys.OnPost}}`; at a component only | {{FileKeys.OfComponent.Of(FileKeys.Latch).Meaning}} | {{FileKeys.OfComponent.Of(FileKeys.Latch).Accepted}} |

            {{string.Join("\n\n", ConfigurationShapes.Kinds.Select(Section))}}

            ## Values

            **Durations** are numbers with units, from the longest to the shortest: `250ms`, `10s`, `1m30s`, `1.5h`, `2d`.

            **Thresholds** are reached, not exceeded: a count of observations in a row (`5`), a duration that they last (`2m`), or two of them:
            `{count: 5, and: 1m}`, `{duration: 1m, or: 5}`. What stands after `and` or `or` may be joined itself.

            **Users** are listed in a file that `htpasswd` wrote: `auth: PATH`, in full `auth: {htpasswd: PATH}`.

            **Secrets** come from elsewhere, in a value or in a part of it: `${env:NAME}` is a variable of the environment,
            `${file:PATH}` what is in a file, without a newline at its end. They are shown nowhere. `$${` is `${` itself. Keys, `ref` and
            `include` take none.

            """.ReplaceLineEndings(
                "\n"
            )
        );
        return page.ToString();
    }

    private const string Example = """
        tasks:
          mail-server:
            tcp: mail.example.net:25
        components:
          mail:
            ref: mail-server
            interval: 10s
            ok_after: 2
            fail_after: {count: 3, and: 30s}
        """;

    private static string BesideRow(string key)
    {
        string layers = string.Join(
            " or ",
            TaskLayer
                .OwnersOf(key)
                .Select(layer =>
                    $"{(layer.Makes.Any(made => made.Name == key) ? "makes " : "")}`{layer.Keys.Kind.Name}`"
                )
        );
        Option option = TaskLayer.OptionOf(key);
        string of = layers.Length > 0 ? layers : $"none: it is the option of {Words(TaskLayer.WithTimeout)}";
        return $"| `{key}` | {of} | {Cell(option.Meaning)} | {Cell(option.Accepted)} |";
    }

    internal static string Section(KindKeys keys)
    {
        string shortForm =
            keys.Kind.ShortForm is { } form ? $" In short: `{keys.Kind.Name}: {form.Accepted}`."
            : keys.Kind.WholeOption is TaskListOption
                ? $" Its value is its tasks: `{keys.Kind.Name}: [TASK, …]`, or with names `{keys.Kind.Name}: {{NAME: TASK, …}}`."
            : keys.Kind.WholeOption is not null ? $" Its value is its task: `{keys.Kind.Name}: TASK`."
            : "";
        if (keys.Kind.WholeOption is not null)
        {
            return $"""
                ### `{keys.Kind.Name}`

                {Sentence(keys.Kind.Meaning)}{shortForm}
                """;
        }

        return $"""
            ### `{keys.Kind.Name}`

            {Sentence(keys.Kind.Meaning)}{shortForm}

            {Table(
                keys.Kind.Options.Select(option => new FileKey(
                    option.Key,
                    option.Meaning,
                    option.Accepted,
                    option.Default
                ))
            )}
            """;
    }

    private static string Section(ReceiverKind kind)
    {
        string shortForm = kind.ShortOption is { } option
            ? $" In short: `{kind.Name}: {option.Key.ToUpperInvariant()}`."
            : "";
        return $"""
            #### `{kind.Name}`

            {Sentence(kind.Meaning)}{shortForm}

            {Table(
                kind.Options.Select(one => new FileKey(one.Key, one.Meaning, one.Accepted, one.Default))
            )}
            """;
    }

    private static string Table(IEnumerable<FileKey> keys) =>
        $"""
            | key | meaning | accepted | default |
            |---|---|---|---|
            {string.Join(
                '\n',
                keys.Select(key =>
                    $"| `{key.Name}` | {Cell(key.Meaning)} | {Cell(key.Accepted)} | {Cell(key.Default ?? "(required)")} |"
                )
            )}
            """;

    private static string Words(IEnumerable<string> words) => string.Join(", ", words.Select(word => $"`{word}`"));

    private static string Sentence(string meaning) => $"{char.ToUpperInvariant(meaning[0])}{meaning[1..]}.";

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);
}
