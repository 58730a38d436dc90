using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Failover;

/// <summary>The pages of the program and of its libraries that are in memory.</summary>
internal static partial class ProgramPages
{
    // Linux, madvise(2): MADV_DONTNEED.
    private const int NotNeeded = 4;

    /// <summary>Gives back those that are as they are in their files, most of which only a start needs: what is used again comes back
    /// from the cache of the system. Some megabytes, and half of what a small configuration takes.</summary>
    public static void GiveBack()
    {
        // Elsewhere the program is not one file, and the runtime has pages of its own.
        if (OperatingSystem.IsLinux())
        {
            try
            {
                foreach ((nint begin, nint end) in Unchanged(File.ReadLines("/proc/self/smaps")))
                {
                    // It may fail, and they stay.
                    _ = AdviseMemory(begin, end - begin, NotNeeded);
                }
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // Where /proc is not to be read, they stay.
            }
        }
    }

    /// <summary>The mappings of files that nothing has been written to, and nothing can be: a page that differs from its file, as one
    /// that the loader has put addresses into, is lost when it is given back.</summary>
    /// <param name="smaps">The lines of <c>/proc/PID/smaps</c>.</param>
    public static IEnumerable<(nint Begin, nint End)> Unchanged(IEnumerable<string> smaps)
    {
        (nint Begin, nint End)? mapping = null;
        foreach (string line in smaps)
        {
            string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words is [var range, ['r', '-', _, 'p'], _, _, _, ['/', ..], ..])
            {
                string[] ends = range.Split('-');
                mapping = (Address(ends[0]), Address(ends[1]));
            }
            else if (words is [_, { Length: 4 }, _, _, _, ..])
            {
                mapping = null;
            }
            else if (mapping is { } unchanged && words is ["Anonymous:", "0", ..])
            {
                yield return unchanged;
            }
        }
    }

    private static nint Address(string digits) =>
        nint.Parse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    [SupportedOSPlatform("linux")]
    [LibraryImport("libc", EntryPoint = "madvise")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int AdviseMemory(nint address, nint length, int advice);
}
