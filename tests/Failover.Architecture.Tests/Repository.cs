namespace Failover;

/// <summary>The files of this repository, as the tests read them: paths are relative to its root, with slashes.</summary>
internal static class Repository
{
    private static readonly string[] Built = ["bin", "obj", "artifacts", ".git"];

    public static string Root { get; } = FindRoot();

    public static string FullPath(string path) => Path.Combine(Root, path);

    public static string Read(string path) => File.ReadAllText(FullPath(path));

    /// <summary>The files below a folder that are written by hand; none where the folder is missing.</summary>
    public static IReadOnlyList<string> Files(string folder, string pattern)
    {
        string start = FullPath(folder);
        return Directory.Exists(start)
            ?
            [
                .. Directory
                    .EnumerateFiles(start, pattern, SearchOption.AllDirectories)
                    .Select(file => Path.GetRelativePath(Root, file).Replace('\\', '/'))
                    .Where(file => !file.Split('/').Any(Built.Contains))
                    .Order(StringComparer.Ordinal),
            ]
            : [];
    }

    private static string FindRoot()
    {
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, "Failover.slnx")))
            {
                return at.FullName;
            }
        }

        throw new InvalidOperationException($"no Failover.slnx above {AppContext.BaseDirectory}");
    }
}
