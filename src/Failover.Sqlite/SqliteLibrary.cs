using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;
using SQLitePCL;

namespace Failover;

/// <summary>The native library of SQLite, where the program is one file and carries it.</summary>
/// <remarks>The host of a single file would write the library into the home of the user before it starts, and gives up where there
/// is none or where it is read-only. Memory is a file, too (memfd_create(2)), and needs no place, leaves nothing behind and
/// cannot be replaced by anybody.</remarks>
internal static partial class SqliteLibrary
{
    /// <summary>What P/Invoke calls it, and the program that carries it (Failover.Cli.csproj).</summary>
    private const string Name = "e_sqlite3";

    private const uint CloseOnExec = 1;

    private static readonly Lazy<nint> Carried = new(LoadCarried);

    /// <summary>Has SQLite's functions found. Once, before any of them is called.</summary>
    public static void Use()
    {
        NativeLibrary.SetDllImportResolver(typeof(SQLite3Provider_e_sqlite3).Assembly, Find);
        NativeLibrary.SetDllImportResolver(typeof(SqliteLibrary).Assembly, Find);
        Batteries_V2.Init();
    }

    /// <summary>Loads a library that is in no file.</summary>
    /// <param name="library">What would be in the file.</param>
    /// <param name="name">What it is called where the memory of a process is shown.</param>
    [SupportedOSPlatform("linux")]
    public static nint Load(Stream library, string name)
    {
        using SafeFileHandle memory = new(CreateMemoryFile(name, CloseOnExec), ownsHandle: true);
        if (memory.IsInvalid)
        {
            throw new DllNotFoundException($"{name}: {Marshal.GetLastPInvokeErrorMessage()}");
        }

        string path = $"/proc/self/fd/{memory.DangerousGetHandle()}";
        using (FileStream file = new(path, FileMode.Open, FileAccess.Write))
        {
            library.CopyTo(file);
        }

        // What is mapped stays when the descriptor is closed.
        return NativeLibrary.Load(path);
    }

    // Zero has the runtime look for a file, as it does without this class.
    private static nint Find(string name, Assembly caller, DllImportSearchPath? where) =>
        name == Name ? Carried.Value : 0;

    private static nint LoadCarried()
    {
        using Stream? library = Assembly.GetEntryAssembly()?.GetManifestResourceStream(Name);
        if (library is null || !OperatingSystem.IsLinux())
        {
            return 0;
        }

        nint loaded = Load(library, Name);
        Forget(library);
        return loaded;
    }

    // The copy in the program's own file has been read for the only time: its pages need not stay in memory.
    [SupportedOSPlatform("linux")]
    private static unsafe void Forget(Stream library)
    {
        if (library is UnmanagedMemoryStream mapped)
        {
            nint page = Environment.SystemPageSize;
            mapped.Position = 0;
            nint begin = ((nint)mapped.PositionPointer + page - 1) / page * page;
            nint end = ((nint)mapped.PositionPointer + (nint)mapped.Length) / page * page;
            if (end > begin)
            {
                MappedPages.Release(begin, end - begin);
            }
        }
    }

    [SupportedOSPlatform("linux")]
    [LibraryImport(
        "libc",
        EntryPoint = "memfd_create",
        SetLastError = true,
        StringMarshalling = StringMarshalling.Utf8
    )]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int CreateMemoryFile(string name, uint flags);
}
