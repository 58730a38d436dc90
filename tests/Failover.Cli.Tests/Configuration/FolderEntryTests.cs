using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Failover;

[SupportedOSPlatform("linux")]
public sealed partial class FolderEntryTests : IDisposable
{
    private const int Nobody = 65534;

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("failover-folder-");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public void A_folder_that_may_not_be_listed_is_reported()
    {
        // It belongs to somebody else where the tests are run by root, who may list everything, and who is nobody on that thread.
        FileFault? told = null;
        Thread unprivileged = new(() =>
        {
            if (Environment.IsPrivilegedProcess)
            {
                _ = SetUserOfFiles(Nobody);
            }

            told = Should.Throw<FileFault>(() => FolderEntry.In(folder.FullName, _ => true));
        });
        File.SetUnixFileMode(folder.FullName, UnixFileMode.None);

        unprivileged.Start();
        unprivileged.Join();

        File.SetUnixFileMode(
            folder.FullName,
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        );
        told.ShouldNotBeNull().Message.ShouldBe("permission denied");
        told.Problem.ShouldBe(FileProblem.Denied);
    }

    [Fact]
    public void A_circle_of_links_is_reported()
    {
        string circle = Path.Combine(folder.FullName, "circle");
        File.CreateSymbolicLink(circle, circle);

        Should.Throw<FileFault>(() => FolderEntry.At(circle)).Problem.ShouldBe(FileProblem.Other);
    }

    // setfsuid(2): of the calling thread only.
    [LibraryImport("libc", EntryPoint = "setfsuid")]
    private static partial int SetUserOfFiles(int user);
}
