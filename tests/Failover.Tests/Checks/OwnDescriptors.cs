using System.Runtime.InteropServices;

namespace Failover;

/// <summary>Descriptors that stay open in children, as those of the runtime do not.</summary>
internal static partial class OwnDescriptors
{
    private const int ReadWrite = 2; // O_RDWR

    /// <summary>Opens a file in that way.</summary>
    public static int Leak(string path) => Open(path, ReadWrite);

    [LibraryImport("libc", EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Open(string path, int flags);
}
