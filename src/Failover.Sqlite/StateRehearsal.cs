using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Failover;

/// <summary>Finds out whether a state file could be opened, without opening it as one and leaving nothing behind: a daemon may have
/// it open, or be started meanwhile.</summary>
internal static partial class StateRehearsal
{
    // fcntl.h and struct flock on 64-bit Linux.
    private const int GetLock = 5;
    private const short WriteLock = 1;
    private const short NoLock = 2;

    /// <summary>Finds out.</summary>
    /// <param name="path">The file.</param>
    /// <returns>Whether another process has it open at the moment.</returns>
    /// <exception cref="StateStoreException">It could not be opened: the message is that of <see cref="SqliteStateStore.Load"/>.</exception>
    public static bool IsInUse(string path)
    {
        path = Path.GetFullPath(path);
        try
        {
            string target = StateFiles.TargetOf(path);
            // To open and close it here would end the locks that this process has on it.
            if (FilesInUse.Contains(target))
            {
                return true;
            }

            return InFolder(target, () => Examine(path, target));
        }
        catch (StateDamage)
        {
            // It would be put aside, and a new one made.
            return false;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw StateExamination.Unusable(path, fault.Message, fault);
        }
    }

    private static bool Examine(string path, string target)
    {
        bool isThere = File.Exists(target);
        // Opening a FIFO would wait for its other end.
        if (FileNode.OfTarget(target) is { IsRegularFile: true } && IsLocked(target))
        {
            return true;
        }

        new StateExamination(path, target, SqliteSchema.Current).CheckWithoutOpening();
        if (isThere)
        {
            MustBeWritable(path, target);
        }

        // The log is made beside the file.
        MustBeMakeable(path, target, isThere);
        return false;
    }

    // What is missing of the folder is made and taken away again, unless another process has put something there meanwhile.
    private static bool InFolder(string target, Func<bool> examine)
    {
        List<string> made = [];
        string? folder = Path.GetDirectoryName(target);
        for (string? above = folder; above is not null && !Path.Exists(above); above = Path.GetDirectoryName(above))
        {
            made.Add(above);
        }

        try
        {
            if (folder is not null)
            {
                PrivateFile.MakeFolder(folder);
            }

            return examine();
        }
        finally
        {
            foreach (string empty in made.Where(Directory.Exists))
            {
                TryRemove(empty);
            }
        }
    }

    private static void TryRemove(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: false);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            // It is in use by now.
        }
    }

    private static void MustBeWritable(string path, string target)
    {
        try
        {
            using FileStream file = new(
                target,
                FileMode.Open,
                FileAccess.ReadWrite,
                FileShare.ReadWrite | FileShare.Delete
            );
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw StateExamination.Unusable(path, "it is read-only", fault);
        }
    }

    private static void MustBeMakeable(string path, string target, bool isThere)
    {
        string probe = $"{target}.{Guid.NewGuid().ToString("N")[..8]}";
        try
        {
            PrivateFile.Open(probe, FileMode.CreateNew).Dispose();
            File.Delete(probe);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            string why = fault.Message.Replace(probe, target, StringComparison.Ordinal);
            throw !isThere ? StateExamination.CannotBeMade(path, why, fault)
            // As SQLite tells it of the log: EACCES, and any other fault.
            : fault is UnauthorizedAccessException ? StateExamination.Unusable(path, "it is read-only", fault)
            : StateExamination.Unusable(path, "it cannot be opened or made", fault);
        }
    }

    /// <summary>Whether another process has a lock on a file. Not of one that this process has open.</summary>
    public static bool IsLocked(string target)
    {
        if (!OperatingSystem.IsLinux())
        {
            return false;
        }

        using SafeFileHandle file = File.OpenHandle(
            target,
            FileMode.Open,
            FileAccess.Read,
            FileShare.ReadWrite | FileShare.Delete
        );
        FileLock asked = new() { Type = WriteLock };
        return Fcntl(file, GetLock, ref asked) == 0 && asked.Type != NoLock;
    }

    [LibraryImport("libc", EntryPoint = "fcntl")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Fcntl(SafeFileHandle file, int command, ref FileLock asked);

    /// <summary>The whole file where start and length are 0.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct FileLock
    {
        public short Type;
        public short Whence;
        public long Start;
        public long Length;
        public int Process;
    }
}
