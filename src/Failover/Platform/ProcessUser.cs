using System.Runtime.InteropServices;

namespace Failover;

/// <summary>The user that this process acts as.</summary>
internal static partial class ProcessUser
{
    /// <summary>The one who may do everything.</summary>
    public const uint Root = 0;

    /// <summary>Its number.</summary>
    public static uint Id => GetEffectiveUserId();

    [LibraryImport("libc", EntryPoint = "geteuid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial uint GetEffectiveUserId();
}
