using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Text.Json.Serialization;

namespace Failover;

/// <summary>A process, known by its number and by when it began: a number is given to another process later.</summary>
/// <param name="Id">The number.</param>
/// <param name="Start">When it began, as the kernel counts it (proc_pid_stat(5), starttime); null where it does not say so.</param>
internal sealed partial record DaemonProcess(int Id, string? Start)
{
    private const int HangUpNumber = 1; // SIGHUP
    private const int NotPermitted = 1; // EPERM
    private const int StartIndex = 19; // The 22nd field; those behind the name begin with the 3rd.

    /// <summary>This one.</summary>
    public static DaemonProcess Own =>
        new(Environment.ProcessId, StartOf(Environment.ProcessId))
        {
            User = OperatingSystem.IsLinux() ? ProcessUser.Id : null,
        };

    /// <summary>As whom it runs: whose the file is that says which process it is, whatever is written there. Null: not known.</summary>
    [JsonIgnore]
    public uint? User { get; init; }

    /// <summary>Whether it still runs, as that user.</summary>
    [JsonIgnore]
    public bool IsRunning => Start is not null && User is not null && StartOf(Id) == Start && UserOf(Id) == User;

    /// <summary>Sends SIGHUP.</summary>
    /// <returns>What came of it.</returns>
    [UnsupportedOSPlatform("windows")]
    public SignalOutcome HangUp() =>
        Kill(Id, HangUpNumber) == 0 ? SignalOutcome.Sent
        : Marshal.GetLastPInvokeError() == NotPermitted ? SignalOutcome.NotAllowed
        : SignalOutcome.NoProcess;

    private static string? StartOf(int id)
    {
        // The name stands in parentheses and may hold anything.
        string[] fields = Read(id, "stat") is { } text ? text[(text.LastIndexOf(')') + 1)..].Trim().Split(' ') : [];
        return fields.Length > StartIndex ? fields[StartIndex] : null;
    }

    // Uid: real, effective, saved, file system.
    private static uint? UserOf(int id) =>
        Read(id, "status")
            ?.Split('\n')
            .FirstOrDefault(line => line.StartsWith("Uid:", StringComparison.Ordinal))
            ?.Split('\t')
            is [_, _, var effective, ..]
        && uint.TryParse(effective, NumberStyles.None, CultureInfo.InvariantCulture, out uint user)
            ? user
            : null;

    private static string? Read(int id, string file)
    {
        try
        {
            return File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{id}/{file}"));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            // No such process, or no such file system.
            return null;
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Kill(int process, int signal);
}

/// <summary>What came of a signal.</summary>
internal enum SignalOutcome
{
    Sent,

    /// <summary>This user may not.</summary>
    NotAllowed,

    /// <summary>The process has ended.</summary>
    NoProcess,
}
