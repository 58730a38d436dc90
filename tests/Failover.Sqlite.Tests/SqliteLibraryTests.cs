using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Failover;

[SupportedOSPlatform("linux")]
public sealed class SqliteLibraryTests
{
    [Fact]
    public unsafe void A_library_that_is_in_no_file_is_loaded_and_works_after_its_descriptor_is_closed()
    {
        string architecture =
            RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "linux-arm64" : "linux-x64";
        string file = Path.Combine(AppContext.BaseDirectory, "runtimes", architecture, "native", "libe_sqlite3.so");
        using FileStream content = File.OpenRead(file);

        nint library = SqliteLibrary.Load(content, "e_sqlite3");

        var version = (delegate* unmanaged<int>)NativeLibrary.GetExport(library, "sqlite3_libversion_number");
        version().ShouldBeGreaterThan(3_000_000);
        File.ReadAllText("/proc/self/maps").ShouldContain("/memfd:e_sqlite3 (deleted)");
    }
}
