namespace Failover;

/// <summary>Files and folders that only the user of this process may read: state names users, addresses and targets.</summary>
/// <remarks>An existing file keeps its permissions.</remarks>
internal static class PrivateFile
{
    private const UnixFileMode File = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Folder = File | UnixFileMode.UserExecute;

    /// <summary>Opens a file for writing, and makes it where there is none.</summary>
    /// <param name="path">Where it is.</param>
    /// <param name="mode">What becomes of one that is there.</param>
    public static FileStream Open(string path, FileMode mode)
    {
        FileStreamOptions options = new()
        {
            Mode = mode,
            Access = FileAccess.Write,
            Share = FileShare.ReadWrite,
        };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = File;
        }

        return new(path, options);
    }

    /// <summary>Makes a folder where there is none.</summary>
    public static void MakeFolder(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, Folder);
        }
    }
}
