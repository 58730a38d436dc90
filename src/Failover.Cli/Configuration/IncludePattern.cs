using System.IO.Enumeration;

namespace Failover;

/// <summary>The files that an <c>include:</c> with <c>*</c> or <c>?</c> names, as a shell finds them.</summary>
/// <remarks>A folder that is named has to be there and to be listed: one that is gone, or not mounted yet, is not the same as an empty
/// one, which may well be meant.</remarks>
internal static class IncludePattern
{
    private static readonly char[] Wildcards = ['*', '?'];

    public static bool IsPattern(string path) => path.IndexOfAny(Wildcards) >= 0;

    /// <summary>The files, in the order of their names. Names that begin with a dot are found by a pattern that does so:
    /// editors and Kubernetes keep theirs under such names.</summary>
    /// <param name="pattern">The path; each of its parts may hold wildcards.</param>
    /// <param name="reader">Lists folders.</param>
    /// <exception cref="FolderFault">A folder is not there, or cannot be listed.</exception>
    public static IReadOnlyList<string> Files(string pattern, FileReader reader)
    {
        string[] parts = [.. pattern.Split('/').Where(part => part.Length > 0)];
        int first = Array.FindIndex(parts, IsPattern);
        // What is before the first wildcard is named, and must be there.
        string named = string.Join('/', parts[..first]);
        IReadOnlyList<FolderEntry> found =
        [
            new(pattern.StartsWith('/') ? $"/{named}" : named, IsFolder: true, LeadsNowhere: false),
        ];
        foreach (string part in parts[first..])
        {
            found =
            [
                .. found
                    .Where(entry => entry.IsFolder || entry.LeadsNowhere)
                    .SelectMany(folder => Matches(folder, part, reader)),
            ];
        }

        // A link that leads nowhere is included, and so refused.
        return [.. found.Where(entry => !entry.IsFolder).Select(entry => entry.Path)];
    }

    private static IReadOnlyList<FolderEntry> Matches(FolderEntry folder, string part, FileReader reader)
    {
        try
        {
            return folder.LeadsNowhere ? throw FileFault.Missing
                : IsPattern(part) ? reader.List(folder.Path, IsMatch)
                : reader.Find(Path.Combine(folder.Path, part)) is { } found ? [found]
                : [];
        }
        catch (FileFault fault)
        {
            throw new FolderFault(folder.Path, fault);
        }

        bool IsMatch(string name) =>
            (part[0] == '.' || name[0] != '.') && FileSystemName.MatchesSimpleExpression(part, name, ignoreCase: false);
    }
}

/// <summary>A folder that files are to be included from, and that cannot be listed.</summary>
internal sealed class FolderFault(string folder, FileFault cause) : Exception(cause.Message, cause)
{
    public string Folder => folder.Length == 0 ? "." : folder;
}
