using System.Text.RegularExpressions;

namespace Failover;

/// <summary>A piece of a configuration or of a shell's input in the guide or the README.</summary>
/// <param name="Page">The path of its page.</param>
/// <param name="Text">All between its fences.</param>
internal sealed partial record GuideBlock(string Page, string Text)
{
    /// <summary>All of a language, in the order of a page; at least one.</summary>
    /// <param name="language">What its fence says: <c>haproxy</c>.</param>
    /// <param name="page">The file name of its page; left out, all pages.</param>
    public static List<GuideBlock> Of(string language, string? page = null)
    {
        string guide = Path.Combine(Repository.Root, "docs", "guide");
        string[] pages = [Path.Combine(Repository.Root, "README.md"), .. Directory.EnumerateFiles(guide, "*.md")];
        List<GuideBlock> blocks =
        [
            .. pages
                .Where(path => page is null || Path.GetFileName(path) == page)
                .SelectMany(path =>
                    Fences()
                        .Matches(File.ReadAllText(path))
                        .Where(block => block.Groups["language"].Value == language)
                        .Select(block => new GuideBlock(path, block.Groups["text"].Value))
                ),
        ];
        blocks.ShouldNotBeEmpty();
        return blocks;
    }

    [GeneratedRegex(
        "^```(?<language>[a-z]+)\n(?<text>.*?)^```",
        RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Fences();
}
