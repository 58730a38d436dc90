using System.IO.Enumeration;

namespace Failover;

/// <summary>The files that an <c>include:</c> with <c>*</c> or <c>?</c> names, as a shell finds them.</summary>
internal static class IncludePattern
{
    private static readonly char[] Wildcards = ['*', '?'];

    public static bool IsPattern(string path) => path.IndexOfAny(Wildcards) >= 0;

    /// <summary>The files, in the order of their names. Names that begin with a dot are found by a pattern that does so:
    /// editors and Kubernetes keep theirs under such names.</summary>
    /// <param name="pattern">The path; each of its parts may hold wildcards.</param>
    /// <param name="addFolder">Takes every folder that is looked in.</param>
    public static IReadOnlyList<string> Files(string pattern, Action<string> addFolder)
    {
        string[] parts = pattern.Split('/');
        List<string> found = [pattern.StartsWith('/') ? "/" : ""];
        for (int i = 0; i < parts.Length; i++)
        {
            string part = parts[i];
            bool isLast = i == parts.Length - 1;
            if (part.Length > 0)
            {
                found =
                [
                    .. found.SelectMany(folder =>
                        IsPattern(part) ? Matches(folder, part, isLast, addFolder) : [Path.Combine(folder, part)]
                    ),
                ];
            }
        }

        return [.. found.Where(File.Exists)];
    }

    private static IEnumerable<string> Matches(string folder, string part, bool isLast, Action<string> addFolder)
    {
        addFolder(folder.Length == 0 ? "." : folder);
        DirectoryInfo place = new(folder.Length == 0 ? "." : folder);
        try
        {
            return
            [
                .. place
                    .EnumerateFileSystemInfos()
                    .Where(entry => isLast || Directory.Exists(entry.FullName))
                    .Select(entry => entry.Name)
                    .Where(name => part[0] == '.' || name[0] != '.')
                    .Where(name => FileSystemName.MatchesSimpleExpression(part, name, ignoreCase: false))
                    .Order(StringComparer.Ordinal)
                    .Select(name => Path.Combine(folder, name)),
            ];
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
