using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Failover;

/// <summary>Has the system keep how children end, which it does not for a process that was started with SIGCHLD ignored.</summary>
[SupportedOSPlatform("linux")]
internal static class ChildSignal
{
    // A signal that is handled is not ignored. The registration lasts as long as the process.
    private static readonly PosixSignalRegistration Handler = PosixSignalRegistration.Create(
        PosixSignal.SIGCHLD,
        static _ => { }
    );

    public static void Keep() => GC.KeepAlive(Handler);
}
