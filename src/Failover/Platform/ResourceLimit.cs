using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Failover;

/// <summary>What the system allows this process: getrlimit(2), on Linux only.</summary>
internal static partial class ResourceLimit
{
    // Linux, asm-generic/resource.h
    private const int RlimitNproc = 6;
    private const int RlimitNofile = 7;

    /// <summary>How many descriptors; null where that is not known.</summary>
    public static ulong? Descriptors => Soft(RlimitNofile);

    /// <summary>How many threads and processes the user of this one may have; null where that is not known.</summary>
    public static ulong? UserThreads => Soft(RlimitNproc);

    private static ulong? Soft(int resource) =>
        OperatingSystem.IsLinux() && GetLimit(resource, out Limit limit) == 0 ? limit.Soft : null;

    [SupportedOSPlatform("linux")]
    [LibraryImport("libc", EntryPoint = "getrlimit")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int GetLimit(int resource, out Limit limit);

    [StructLayout(LayoutKind.Sequential)]
    private struct Limit
    {
        public nuint Soft;
        public nuint Hard;
    }
}
