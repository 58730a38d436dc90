using System.Text.RegularExpressions;

namespace Failover;

/// <summary>A task of docs/guide/on-call.md.</summary>
/// <param name="Name">Its heading.</param>
/// <param name="Commands">What is typed, and the lines of the output that the page shows.</param>
internal sealed partial record OnCallTask(string Name, IReadOnlyList<OnCallCommand> Commands)
{
    private static readonly string Page = File.ReadAllText(
        Path.Combine(Repository.Root, "docs", "guide", "on-call.md")
    );

    /// <summary>The configuration that they are about.</summary>
    public static string Yaml => GuideBlock.Of("yaml", "on-call.md")[0].Text;

    /// <summary>All tasks, in the order of the page.</summary>
    public static IEnumerable<OnCallTask> All() =>
        Page.Split("\n## ")
            .Skip(1)
            .Select(section => new OnCallTask(
                section.Split('\n', 2)[0],
                [.. Blocks().Matches(section).Select(block => block.Groups["text"].Value).SelectMany(OnCallCommand.Of)]
            ));

    [GeneratedRegex(
        "^```console\n(?<text>.*?)^```",
        RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Blocks();
}

/// <summary>A command and the lines that are shown of its output.</summary>
internal sealed record OnCallCommand(string Text, IReadOnlyList<string> Shown)
{
    /// <summary>Those of a block: a command begins with <c>$</c>.</summary>
    public static IEnumerable<OnCallCommand> Of(string block) =>
        $"\n{block}"
            .Split("\n$ ")
            .Skip(1)
            .Select(one => one.TrimEnd('\n').Split('\n'))
            .Select(lines => new OnCallCommand(lines[0], lines[1..]));

    /// <summary>The first line that is shown and that the output does not have; null where it has all, in that order. What has a digit
    /// in it (times, addresses, versions) is another each time; paths are others in a test.</summary>
    public string? MissingIn(string output)
    {
        Queue<string> lines = new(output.Split('\n'));
        foreach (string shown in Shown)
        {
            Regex pattern = new(
                string.Join(@"\s+", shown.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Pattern)) + @"\s*$",
                RegexOptions.None,
                Second(1)
            );
            while (lines.Count == 0 || !pattern.IsMatch(lines.Dequeue()))
            {
                if (lines.Count == 0)
                {
                    return shown;
                }
            }
        }

        return null;
    }

    private static string Pattern(string word) =>
        word.Any(char.IsAsciiDigit) || word.Contains('/') || word == "now" ? @"\S.*?" : Regex.Escape(word);
}
