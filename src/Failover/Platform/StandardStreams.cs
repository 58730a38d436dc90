using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace Failover;

/// <summary>The standard streams of this process, where it was given them.</summary>
/// <remarks>Where one was closed before the process began (<c>>&amp;-</c>), the runtime has opened something of its own under its number,
/// a pipe for instance, and to use it is harmful. What a process is given stays open over execve(2); what the runtime opens
/// does not.</remarks>
internal static partial class StandardStreams
{
    private const int InputNumber = 0;
    private const int OutputNumber = 1;
    private const int ErrorNumber = 2;
    private const int GetFlags = 1; // F_GETFD, fcntl.h
    private const int CloseOnExec = 1; // FD_CLOEXEC
    private const int StackSize = 256 * 1024;

    private static readonly TimeSpan LongestWrite = TimeSpan.FromSeconds(1);

    /// <summary>The standard input; where there is none, its end.</summary>
    public static TextReader Input => IsGiven(InputNumber) ? Console.In : TextReader.Null;

    /// <summary>The standard output; where there is none, nothing.</summary>
    public static TextWriter Output => IsGiven(OutputNumber) ? Console.Out : TextWriter.Null;

    /// <summary>The standard error; where there is none, nothing.</summary>
    public static TextWriter Error => IsGiven(ErrorNumber) ? Console.Error : TextWriter.Null;

    /// <summary>Whether a person reads the standard output.</summary>
    public static bool IsTerminal => IsGiven(OutputNumber) && !Console.IsOutputRedirected;

    /// <summary>Whether systemd has connected the standard output to the journal (systemd.exec(5), $JOURNAL_STREAM).</summary>
    /// <param name="stream">The variable: device and inode of that connection, for the standard error where both are connected. A process
    /// whose output was redirected inherits it as well.</param>
    public static bool IsJournal(string? stream)
    {
        if (string.IsNullOrEmpty(stream) || !OperatingSystem.IsLinux())
        {
            return false;
        }

        FileNode? output = NodeOf(OutputNumber);
        return stream == output?.DeviceAndInode
            || (output is { IsSocket: true } && stream == NodeOf(ErrorNumber)?.DeviceAndInode);
    }

    /// <summary>Writes a line before the process ends. It takes at most 1 s: one that is not read is left.</summary>
    public static void WriteLast(TextWriter writer, string line)
    {
        Thread thread = new(Write, StackSize) { IsBackground = true, Name = "Failover last line" };
        thread.Start();
        thread.Join(LongestWrite);

        void Write()
        {
            try
            {
                writer.WriteLine(line);
                writer.Flush();
            }
            catch (Exception fault)
                when (fault is IOException or UnauthorizedAccessException or ObjectDisposedException)
            {
                // There is no other place for it.
            }
        }
    }

    [SupportedOSPlatform("linux")]
    private static FileNode? NodeOf(int number)
    {
        using SafeFileHandle stream = new(number, ownsHandle: false);
        return IsGiven(number) ? FileNode.Of(stream) : null;
    }

    private static bool IsGiven(int number)
    {
        if (!OperatingSystem.IsLinux())
        {
            return true;
        }

        int flags = GetDescriptorFlags(number, GetFlags);
        return flags >= 0 && (flags & CloseOnExec) == 0;
    }

    [SupportedOSPlatform("linux")]
    [LibraryImport("libc", EntryPoint = "fcntl")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int GetDescriptorFlags(int descriptor, int command);
}
