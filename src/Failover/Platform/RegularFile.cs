using System.Buffers;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace Failover;

/// <summary>What stood in a file.</summary>
/// <param name="Bytes">All of it.</param>
/// <param name="Rights">Who may do what with it; nothing on Windows.</param>
internal readonly record struct FileContent(byte[] Bytes, UnixFileMode Rights)
{
    private const UnixFileMode ByOthers = UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    /// <summary>Whether every user of this machine may read or change it.</summary>
    public bool IsOpenToOthers => (Rights & ByOthers) != UnixFileMode.None;
}

/// <summary>Reads files that a user has named and that may be anything: regular files only, up to a size, and within
/// <see cref="FileThreads.LongestWait"/>.</summary>
/// <remarks>A FIFO without a writer blocks the thread that opens it (fifo(7)), a device may never end, and a mounted file system may
/// have stopped to answer.</remarks>
internal static partial class RegularFile
{
    // Linux, asm-generic/fcntl.h: the same on every architecture that .NET runs on.
    private const int ReadOnly = 0;
    private const int NoControllingTerminal = 0x100;
    private const int NonBlocking = 0x800;
    private const int CloseOnExec = 0x80000;
    private const int Interrupted = 4; // EINTR

    private const int FirstBlock = 4096;
    private const int BlockOfHash = 64 * 1024;

    /// <summary>Reads a file whole. It is shared with everyone: whoever writes it is not held up.</summary>
    /// <param name="path">Where it is; links are followed.</param>
    /// <param name="largest">How many bytes it may have.</param>
    /// <exception cref="FileFault">It is missing, not to be read by this user, no regular file, too large, or not read in time.</exception>
    public static FileContent Read(string path, int largest) =>
        FileThreads.OfProcess.Run(path, () => ReadHere(path, largest));

    /// <summary>The hash of what a file holds, as <see cref="Read"/> would read it: without all of it being in memory.</summary>
    /// <param name="path">Where it is; links are followed.</param>
    /// <param name="largest">How many bytes it may have.</param>
    /// <param name="known">What is given back, and the file not read, where it has that stamp still; null: it is read.</param>
    /// <exception cref="FileFault">It is missing, not to be read by this user, no regular file, too large, or not read in time.</exception>
    public static FileHash Hash(string path, int largest, FileHash? known = null) =>
        FileThreads.OfProcess.Run(
            path,
            () =>
                Use(path, file => known?.Stamp is { } stamp && stamp == StampOf(file) ? known : HashAll(file, largest))
        );

    /// <summary>Refuses what is there and is no regular file. What is missing passes: for a file that another library opens, or
    /// makes.</summary>
    /// <exception cref="FileFault">It is no regular file (<see cref="FileProblem.NotRegular"/>), or what it is was not to be learnt.</exception>
    public static void RequireUnlessMissing(string path) =>
        FileThreads.OfProcess.Run(
            path,
            () =>
            {
                try
                {
                    Require(path);
                }
                catch (FileFault fault) when (fault.Problem == FileProblem.Missing)
                {
                    // To be made.
                }

                return true;
            }
        );

    /// <summary>When what is at a path was changed last, by the wall clock. On one of the threads of <see cref="FileThreads"/>
    /// only.</summary>
    /// <returns>Null where nothing is there.</returns>
    /// <exception cref="FileFault">That was not to be learnt.</exception>
    public static DateTimeOffset? LastChange(string path)
    {
        try
        {
            if (OperatingSystem.IsLinux())
            {
                int error = Statx.Read(path, followsLink: true, out Statx.Status status);
                return error == 0 ? status.LastChange : throw FileFault.Of(error);
            }

            return Path.Exists(path) ? new DateTimeOffset(File.GetLastWriteTimeUtc(path)) : null;
        }
        catch (FileFault fault) when (fault.Problem == FileProblem.Missing)
        {
            return null;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw FileFault.Of(fault);
        }
    }

    /// <summary>As <see cref="Read"/>, on one of the threads of <see cref="FileThreads"/> already.</summary>
    /// <exception cref="FileFault">As there.</exception>
    public static FileContent ReadHere(string path, int largest) =>
        Use(
            path,
            file =>
            {
                UnixFileMode rights = OperatingSystem.IsWindows() ? UnixFileMode.None : File.GetUnixFileMode(file);
                return new FileContent(ReadAll(file, largest), rights);
            }
        );

    private static T Use<T>(string path, Func<SafeFileHandle, T> use)
    {
        try
        {
            // Not opened first: to open a device may have an effect, and a socket cannot be.
            Require(path);
            using SafeFileHandle file = Open(path);
            return use(file);
        }
        catch (Exception fault)
            when (fault is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw FileFault.Of(fault);
        }
    }

    private static void Require(string path)
    {
        // To the system, a path ends at its first NUL, and would be another one.
        if (path.Length == 0 || path.Contains('\0', StringComparison.Ordinal))
        {
            throw new FileFault(FileProblem.Other, "it is no path");
        }

        if (OperatingSystem.IsLinux())
        {
            RequireRegular(Statx.Read(path, followsLink: true, out Statx.Status status), status);
        }
        else if (Directory.Exists(path))
        {
            throw NotRegular(FileType.Folder);
        }
    }

    [SupportedOSPlatform("linux")]
    private static void RequireRegular(int error, Statx.Status status)
    {
        if (error != 0)
        {
            throw FileFault.Of(error);
        }

        if (status.Type != FileType.Regular)
        {
            throw NotRegular(status.Type);
        }
    }

    private static FileFault NotRegular(FileType type) =>
        new(
            FileProblem.NotRegular,
            type switch
            {
                FileType.Fifo => "it is a FIFO",
                FileType.CharacterDevice or FileType.BlockDevice => "it is a device",
                FileType.Folder => "it is a folder",
                FileType.Socket => "it is a socket",
                _ => "it is no regular file",
            }
        );

    private static SafeFileHandle Open(string path)
    {
        if (!OperatingSystem.IsLinux())
        {
            return File.OpenHandle(path, share: FileShare.ReadWrite | FileShare.Delete);
        }

        while (true)
        {
            SafeFileHandle file = Open(path, ReadOnly | NonBlocking | CloseOnExec | NoControllingTerminal);
            int error = Marshal.GetLastPInvokeError();
            if (!file.IsInvalid)
            {
                // What is at the path may be another one by now.
                RequireRegular(Statx.Read(file, out Statx.Status status), status);
                return file;
            }

            file.Dispose();
            if (error != Interrupted)
            {
                throw FileFault.Of(error);
            }
        }
    }

    private static byte[] ReadAll(SafeFileHandle file, int largest)
    {
        long size = RandomAccess.GetLength(file);
        if (size > largest)
        {
            throw TooLarge(size, largest);
        }

        // A file may grow while it is read, or have no length (as under /proc).
        byte[] bytes = new byte[size > 0 ? size : Math.Min(FirstBlock, largest + 1)];
        int length = 0;
        while (true)
        {
            int count = RandomAccess.Read(file, bytes.AsSpan(length), length);
            length += count;
            if (count == 0)
            {
                return bytes[..length];
            }

            if (length == bytes.Length)
            {
                // Most files are as long as they were, and are not copied.
                byte[] more = new byte[1];
                if (RandomAccess.Read(file, more, length) == 0)
                {
                    return bytes;
                }

                if (length >= largest)
                {
                    throw TooLarge(length + 1, largest);
                }

                Array.Resize(ref bytes, (int)Math.Min(2L * length, largest) + 1);
            }
            else if (length > largest)
            {
                throw TooLarge(length, largest);
            }
        }
    }

    private static FileStamp? StampOf(SafeFileHandle file) =>
        OperatingSystem.IsLinux() && Statx.Read(file, out Statx.Status status) == 0 ? FileStamp.Of(status) : null;

    private static FileHash HashAll(SafeFileHandle file, int largest)
    {
        // Before it is read: what changes meanwhile has another one afterwards.
        FileStamp? stamp = StampOf(file);
        long length = RandomAccess.GetLength(file);
        if (length > largest)
        {
            throw TooLarge(length, largest);
        }

        using PieceHash hash = new();
        byte[] block = ArrayPool<byte>.Shared.Rent(BlockOfHash);
        try
        {
            length = 0;
            while (RandomAccess.Read(file, block, length) is > 0 and var count)
            {
                length += count;
                if (length > largest)
                {
                    throw TooLarge(length, largest);
                }

                hash.Append(block.AsSpan(0, count));
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }

        return new(hash.Hash(), length, stamp);
    }

    private static FileFault TooLarge(long size, int largest) =>
        new(
            FileProblem.TooLarge,
            string.Create(System.Globalization.CultureInfo.InvariantCulture, $"it is larger than {largest} bytes"),
            size
        );

    [SupportedOSPlatform("linux")]
    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial SafeFileHandle Open(string path, int flags);
}
