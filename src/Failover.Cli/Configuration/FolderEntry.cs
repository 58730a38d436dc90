namespace Failover;

/// <summary>What a folder holds under a name.</summary>
/// <param name="Path">The folder's path and the name.</param>
/// <param name="IsFolder">Whether it is a folder, links followed.</param>
/// <param name="LeadsNowhere">Whether it is a link to what does not exist, as to a file system that is not mounted.</param>
internal readonly record struct FolderEntry(string Path, bool IsFolder, bool LeadsNowhere)
{
    /// <summary>All names in a folder, and those entries that are wanted, in the order of their names.</summary>
    /// <exception cref="FileFault">It cannot be listed.</exception>
    public static (string[] Names, FolderEntry[] Wanted) In(string folder, Func<string, bool> isWanted)
    {
        string place = folder.Length == 0 ? "." : folder;
        try
        {
            if (!(At(place) ?? throw FileFault.Missing).IsFolder)
            {
                throw new FileFault(FileProblem.NotRegular, "it is no folder");
            }

            string[] names =
            [
                .. new DirectoryInfo(place)
                    .EnumerateFileSystemInfos()
                    .Select(entry => entry.Name)
                    .Order(StringComparer.Ordinal),
            ];
            return (
                names,
                [
                    .. names
                        .Where(isWanted)
                        .Select(name => System.IO.Path.Combine(folder, name))
                        .Select(path => At(path) ?? new(path, IsFolder: false, LeadsNowhere: true)),
                ]
            );
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw FileFault.Of(fault);
        }
    }

    /// <summary>What is at a path; null where nothing does.</summary>
    /// <exception cref="FileFault">That is not to be learnt.</exception>
    public static FolderEntry? At(string path)
    {
        if (!OperatingSystem.IsLinux())
        {
            return System.IO.Path.Exists(path) ? new(path, Directory.Exists(path), LeadsNowhere: false) : null;
        }

        int error = Statx.Read(path, followsLink: true, out Statx.Status status);
        return error == 0 ? new(path, status.Type == FileType.Folder, LeadsNowhere: false)
            : FileFault.Of(error) is { Problem: not FileProblem.Missing } fault ? throw fault
            : null;
    }
}
