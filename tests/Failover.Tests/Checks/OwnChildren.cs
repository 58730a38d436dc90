using System.Runtime.InteropServices;

namespace Failover;

/// <summary>Processes that were started by this one, or by one of them.</summary>
internal static partial class OwnChildren
{
    private const int Any = -1;

    /// <summary>Whether a process has ended. One whose parent has ended is collected by whoever adopts it: until then it is a zombie.</summary>
    /// <param name="process">Its number.</param>
    public static bool IsGone(string process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/stat").Split(") ")[^1][0] == 'Z';
        }
        catch (IOException)
        {
            return true;
        }
    }

    /// <summary>Collects the end of every child from now on, as a library may that waits for whichever ends.</summary>
    public static void StartTaking() =>
        new Thread(() =>
        {
            while (true)
            {
                if (WaitFor(Any, out _, options: 0) < 0)
                {
                    Thread.Yield();
                }
            }
        })
        {
            IsBackground = true,
        }.Start();

    [LibraryImport("libc", EntryPoint = "waitpid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int WaitFor(int process, out int status, int options);
}
