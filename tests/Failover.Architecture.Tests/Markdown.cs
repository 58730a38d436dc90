using System.Text.RegularExpressions;

namespace Failover;

/// <summary>A fenced block of a page.</summary>
/// <param name="Page">Its path.</param>
/// <param name="Line">The line of its opening fence, from 1.</param>
/// <param name="Language">The word after the fence; may be empty.</param>
/// <param name="Text">What stands between the fences.</param>
internal sealed record FencedBlock(string Page, int Line, string Language, string Text)
{
    public override string ToString() => $"{Page}:{Line}";
}

/// <summary>What the tests read in pages.</summary>
internal static partial class Markdown
{
    private static readonly string[] Folders = ["docs", "examples", "src", "bench", "tests"];

    public static IReadOnlyList<string> Pages =>
        [
            .. Directory.EnumerateFiles(Repository.Root, "*.md").Select(page => Path.GetFileName(page)!),
            .. Folders.SelectMany(folder => Repository.Files(folder, "*.md")),
        ];

    public static IEnumerable<FencedBlock> Blocks(string page, string text)
    {
        string[] lines = text.Split('\n');
        for (int i = 0; i < lines.Length; i++)
        {
            if (Fence().Match(lines[i]) is not { Success: true } fence)
            {
                continue;
            }

            int opening = i;
            List<string> block = [];
            while (++i < lines.Length && lines[i].Trim() != fence.Groups["fence"].Value)
            {
                block.Add(lines[i]);
            }

            yield return new(page, opening + 1, fence.Groups["language"].Value, string.Join('\n', block));
        }
    }

    /// <summary>Where the links of a page lead that stay in the repository, without their anchors.</summary>
    public static IEnumerable<string> RelativeLinks(string text) =>
        Targets(text)
            .Select(target => target.Split('#')[0])
            .Where(target => target.Length > 0 && !target.Contains(':'));

    /// <summary>The links of a page with an anchor that no heading of the page behind it has.</summary>
    /// <param name="page">Its path.</param>
    /// <param name="read">Gives the text of a page.</param>
    public static IEnumerable<string> DeadAnchors(string page, Func<string, string> read)
    {
        foreach (string target in Targets(read(page)).Where(target => target.Contains('#') && !target.Contains(':')))
        {
            string[] parts = target.Split('#');
            string other = parts[0].Length == 0 ? page : Path.Join(Path.GetDirectoryName(page), parts[0]);
            string normal = Path.GetRelativePath(Repository.Root, Path.GetFullPath(other, Repository.Root));
            if (normal.EndsWith(".md", StringComparison.Ordinal) && !Anchors(read(normal)).Contains(parts[1]))
            {
                yield return $"{page}: {target}";
            }
        }
    }

    // As GitHub makes them: letters in lower case, digits, hyphens; a space is a hyphen.
    private static IEnumerable<string> Anchors(string text) =>
        Heading()
            .Matches(WithoutBlocks(text))
            .Select(heading =>
                string.Concat(
                    heading
                        .Groups["text"]
                        .Value.ToLowerInvariant()
                        .Where(letter => char.IsLetterOrDigit(letter) || letter is ' ' or '-' or '_')
                        .Select(letter => letter == ' ' ? '-' : letter)
                )
            );

    private static string WithoutBlocks(string text)
    {
        string[] blocks = [.. Blocks("", text).Select(block => block.Text).Where(block => block.Length > 0)];
        return blocks.Aggregate(text, (rest, block) => rest.Replace(block, "", StringComparison.Ordinal));
    }

    private static IEnumerable<string> Targets(string text) =>
        Link().Matches(WithoutBlocks(text)).Select(match => match.Groups["target"].Value);

    [GeneratedRegex(@"^#+ +(?<text>.+?) *$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Heading();

    [GeneratedRegex(@"^\s*(?<fence>`{3,}|~{3,})\s*(?<language>[\w#+-]*)", RegexOptions.None, 1000)]
    private static partial Regex Fence();

    [GeneratedRegex(@"(?:\]\(|^\[[^\]]+\]:\s*)<?(?<target>[^)\s>]+)", RegexOptions.Multiline, 1000)]
    private static partial Regex Link();
}
