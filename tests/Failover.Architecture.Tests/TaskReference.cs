using System.Text;

namespace Failover;

/// <summary>The reference page of the tasks, made from the data that the tasks themselves check their arguments with.</summary>
internal static class TaskReference
{
    public static string Page(IEnumerable<TaskKind> kinds)
    {
        StringBuilder page = new();
        page.Append("<!-- Generated from src/Failover/TaskKinds.cs by ./build.sh docs: do not edit. -->\n\n# Tasks\n");
        foreach (
            IGrouping<bool, TaskKind> group in kinds.GroupBy(kind => Tasks.TypeOf(kind).IsSubclassOf(typeof(Check)))
        )
        {
            page.Append(
                group.Key
                    ? "\n## Checks\n\nThey probe targets.\n"
                    : "\n## Combinators\n\nThey judge, or hold a decision.\n"
            );
            foreach (TaskKind kind in group)
            {
                page.Append(Section(kind));
            }
        }

        return page.ToString();
    }

    private static string Section(TaskKind kind) =>
        $"""

            ### {Tasks.TypeOf(kind).Name}

            {Sentence(kind.Meaning)} Its short name is `{kind.Name}`.

            | option | meaning | accepted | default |
            |---|---|---|---|
            {string.Join('\n', kind.Options.Select(Row))}

            """.ReplaceLineEndings("\n");

    private static string Row(Option option) =>
        $"| `{option.Name}` | {Cell(option.Meaning)} | {Cell(option.Accepted)} | {Cell(option.Default ?? "(required)")} |";

    private static string Sentence(string meaning) => $"{char.ToUpperInvariant(meaning[0])}{meaning[1..]}.";

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);
}
