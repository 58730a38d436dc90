using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Failover;

/// <summary>Pages of a file that is mapped into memory: madvise(2), on Linux only.</summary>
[SupportedOSPlatform("linux")]
internal static partial class MappedPages
{
    // Linux: asm-generic/mman-common.h, MADV_DONTNEED.
    private const int NotNeeded = 4;

    /// <summary>Gives pages back to the system: those of the file are read again when they are used, and what was written into a private
    /// mapping is lost.</summary>
    /// <param name="begin">Where they begin: at the beginning of a page.</param>
    /// <param name="length">Whole pages.</param>
    /// <returns>Whether it did; where not, as for locked memory, they only stay.</returns>
    public static bool Release(nint begin, nint length) => AdviseMemory(begin, length, NotNeeded) == 0;

    [LibraryImport("libc", EntryPoint = "madvise")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int AdviseMemory(nint address, nint length, int advice);
}
