namespace Failover;

/// <summary>A case of a table of files: what stands in them, and what is told about it.</summary>
/// <param name="Name">What is wrong, in words.</param>
/// <param name="Files">Their paths and texts; the first one is read.</param>
/// <param name="Expected">What is told, with paths from the folder that the files are in.</param>
internal sealed record BadFile(string Name, IReadOnlyList<(string Path, string Text)> Files, string Expected)
{
    // A table is lines: "# name", ">>> path" and its text, "<<<" and what is expected.
    private const string NameMark = "# ";
    private const string FileMark = ">>> ";
    private const string ExpectedMark = "<<<";

    public static IReadOnlyList<BadFile> Parse(string table)
    {
        List<BadFile> cases = [];
        List<(string Path, string Text)> files = [];
        (string name, string expected, bool isExpected) = ("", "", false);
        foreach (string line in table.Split('\n').SkipLast(1))
        {
            if (line.StartsWith(NameMark, StringComparison.Ordinal) && (isExpected || files.Count == 0))
            {
                Take();
                (name, files, expected, isExpected) = (line[NameMark.Length..], [], "", false);
            }
            else if (line.StartsWith(FileMark, StringComparison.Ordinal))
            {
                files.Add((line[FileMark.Length..], ""));
            }
            else if (line == ExpectedMark)
            {
                isExpected = true;
            }
            else if (isExpected)
            {
                expected += $"{line}\n";
            }
            else
            {
                files[^1] = (files[^1].Path, $"{files[^1].Text}{line}\n");
            }
        }

        Take();
        return cases;

        void Take()
        {
            if (name.Length > 0)
            {
                cases.Add(new(name, files, expected));
            }
        }
    }

    public static string Write(IEnumerable<BadFile> cases) =>
        string.Concat(
            cases.Select(bad =>
                $"{NameMark}{bad.Name}\n"
                + string.Concat(bad.Files.Select(file => $"{FileMark}{file.Path}\n{file.Text}"))
                + $"{ExpectedMark}\n{bad.Expected}"
            )
        );
}
