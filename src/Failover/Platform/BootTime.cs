using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Failover;

/// <summary>The clock for decisions: monotonic, and running while the machine is suspended, so that what was seen before a suspend
/// is old after it.</summary>
/// <remarks>On Linux its timestamps are those of CLOCK_BOOTTIME in nanoseconds (clock_gettime(2)); CLOCK_MONOTONIC, which
/// <see cref="TimeProvider.System"/> uses, stands still during a suspend. On other systems, and in sandboxes without that
/// clock, the timestamps are those of <see cref="TimeProvider.System"/>. Its timers are those of the system everywhere: they do not
/// count the time of a suspend, so a reader compares the time itself.</remarks>
internal sealed partial class BootTime : TimeProvider
{
    private const int ClockBootTime = 7; // Linux, include/uapi/linux/time.h
    private const long NanosecondsPerSecond = 1_000_000_000;

    private readonly bool isAvailable = OperatingSystem.IsLinux() && GetTime(ClockBootTime, out _) == 0;

    [SupportedOSPlatformGuard("linux")]
    private bool IsAvailable => isAvailable;

    private BootTime() { }

    /// <summary>The one of this machine.</summary>
    public static BootTime Instance { get; } = new();

    /// <inheritdoc/>
    public override long TimestampFrequency => isAvailable ? NanosecondsPerSecond : base.TimestampFrequency;

    /// <inheritdoc/>
    public override long GetTimestamp() =>
        IsAvailable && GetTime(ClockBootTime, out Time now) == 0
            ? (now.Seconds * NanosecondsPerSecond) + now.Nanoseconds
            : base.GetTimestamp();

    // Answered in user space (vDSO): too short for the garbage collector to wait for.
    [SupportedOSPlatform("linux")]
    [SuppressGCTransition]
    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int GetTime(int clock, out Time now);

    // struct timespec; its members have the size of a word.
    [StructLayout(LayoutKind.Sequential)]
    private struct Time
    {
        private nint seconds;
        private nint nanoseconds;

        public readonly long Seconds => seconds;

        public readonly long Nanoseconds => nanoseconds;
    }
}
