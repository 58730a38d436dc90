using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace Failover;

/// <summary>A file without a name that is in memory only (memfd_create(2)): what a program reads from its beginning, however much it is.</summary>
/// <remarks>A pipe holds so much and no more, and whoever writes on waits for the program.</remarks>
[SupportedOSPlatform("linux")]
internal static partial class MemoryFile
{
    private const uint CloseOnExec = 1; // MFD_CLOEXEC, linux/memfd.h

    /// <summary>Makes one; null where this process may open no more descriptors.</summary>
    public static SafeFileHandle? Of(ReadOnlySpan<byte> content)
    {
        SafeFileHandle file = new((nint)Make("failover", CloseOnExec), ownsHandle: true);
        if (file.IsInvalid)
        {
            file.Dispose();
            return null;
        }

        // At its offset, which leaves the one that the program reads from at the beginning.
        RandomAccess.Write(file, content, fileOffset: 0);
        return file;
    }

    [LibraryImport("libc", EntryPoint = "memfd_create", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Make(string name, uint flags);
}
