using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace Failover;

/// <summary>How a process ended.</summary>
/// <param name="ExitCode">What it ended with; null where a signal ended it.</param>
/// <param name="Signal">The signal that ended it.</param>
internal readonly record struct ProcessEnd(int? ExitCode, int Signal = 0);

/// <summary>A process that <see cref="PosixSpawn"/> has started, the leader of a group of its own.</summary>
/// <remarks>Its number, and that of its group, belong to it until <see cref="Wait"/> has collected it (waitpid(2)): only before that is
/// the group killed. .NET waits for processes of its own Process class alone.</remarks>
/// <param name="id">Its number.</param>
[SupportedOSPlatform("linux")]
internal sealed partial class ChildProcess(int id) : IDisposable
{
    // Linux: sys/wait.h, signal.h, errno.h
    private const int OfProcess = 1; // P_PID
    private const int NoHang = 1;
    private const int Exited = 4;
    private const int KeepWaitable = 0x1000000;
    private const int SigKill = 9;
    private const int Interrupted = 4; // EINTR

    // The same on every architecture.
    private const nint PidfdOpen = 434;
    private const int SignalInfoSize = 128;

    /// <summary>Readable when it has ended (pidfd_open(2)); invalid where the system has none (Linux before 5.3).</summary>
    public SafeFileHandle Descriptor { get; } = new(SystemCall(PidfdOpen, id, 0), ownsHandle: true);

    /// <summary>Whether it has ended. True as well where the system keeps no ends of children, as it does under a parent that ignored
    /// SIGCHLD.</summary>
    public bool HasEnded()
    {
        // Begins with the number of a signal, which stays 0 where nothing has happened.
        Span<int> info = stackalloc int[SignalInfoSize / sizeof(int)];
        info.Clear();
        return WaitFor(OfProcess, id, info, Exited | NoHang | KeepWaitable) != 0 || info[0] != 0;
    }

    /// <summary>Kills it and whatever it has started that did not leave its group.</summary>
    public void KillGroup() => _ = Kill(-id, SigKill);

    /// <summary>Waits until it has ended, and frees its number.</summary>
    /// <returns>How it ended; null where the system has not kept that.</returns>
    public ProcessEnd? Wait()
    {
        int status;
        while (WaitFor(id, out status, options: 0) < 0)
        {
            if (Marshal.GetLastPInvokeError() != Interrupted)
            {
                return null;
            }
        }

        // WTERMSIG and WEXITSTATUS: the low seven bits are the signal, the next byte is the exit code.
        int signal = status & 0x7f;
        return signal == 0 ? new((status >> 8) & 0xff) : new(ExitCode: null, signal);
    }

    public void Dispose() => Descriptor.Dispose();

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint SystemCall(nint number, nint first, nint second);

    [LibraryImport("libc", EntryPoint = "waitid", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int WaitFor(int kind, int process, Span<int> info, int options);

    [LibraryImport("libc", EntryPoint = "waitpid", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int WaitFor(int process, out int status, int options);

    [LibraryImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Kill(int process, int signal);
}
