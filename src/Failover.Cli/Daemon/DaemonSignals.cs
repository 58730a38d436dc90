using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Failover;

/// <summary>The signals that the daemon heeds: SIGHUP asks for a reload, SIGTERM and SIGINT ask it to stop. What is asked for before
/// anybody can do it is remembered.</summary>
internal sealed partial class DaemonSignals : IDisposable
{
    // POSIX, signal.h: SIGHUP and SIG_DFL.
    private const int HangUpSignal = 1;
    private const nint Default = 0;

    private readonly TaskCompletionSource stop = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock gate = new();
    private PosixSignalRegistration[] registrations = [];
    private Action? reload;
    private bool isReloadPending;

    /// <summary>Completes when a stop is requested.</summary>
    public Task StopRequested => stop.Task;

    /// <summary>Heeds this process's signals from now on. A second one to stop ends the process at once.</summary>
    /// <param name="isService">Whether SIGHUP asks for a reload. Otherwise the end of its terminal, which sends that signal, is the end of
    /// the process, too.</param>
    public static DaemonSignals Register(bool isService = true)
    {
        // What starts a process in the background, as nohup does, may have it ignore SIGHUP, and .NET leaves ignored what was. It asks
        // for a reload here, whoever has started the daemon.
        if (isService && !OperatingSystem.IsWindows())
        {
            _ = SetDisposition(HangUpSignal, Default);
        }

        DaemonSignals signals = new();
        signals.registrations =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, signals.Stop),
            PosixSignalRegistration.Create(PosixSignal.SIGINT, signals.Stop),
            // Last: when the process catches this one (/proc/PID/status), it heeds all of them.
            PosixSignalRegistration.Create(PosixSignal.SIGHUP, isService ? signals.HangUp : signals.Stop),
        ];
        return signals;
    }

    /// <summary>Asks for a stop.</summary>
    /// <returns>Whether this was the first time.</returns>
    public bool AskToStop() => stop.TrySetResult();

    /// <summary>Asks for a reload.</summary>
    public void AskToReload()
    {
        Action? asked;
        lock (gate)
        {
            asked = reload;
            isReloadPending = asked is null;
        }

        asked?.Invoke();
    }

    /// <summary>From now on calls this for each requested reload, and at once if one has been requested already.</summary>
    public void OnReload(Action asked)
    {
        bool isPending;
        lock (gate)
        {
            reload = asked;
            isPending = isReloadPending;
            isReloadPending = false;
        }

        if (isPending)
        {
            asked();
        }
    }

    /// <summary>Signals have their default effect again.</summary>
    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in registrations)
        {
            registration.Dispose();
        }
    }

    private void HangUp(PosixSignalContext context)
    {
        context.Cancel = true;
        AskToReload();
    }

    private void Stop(PosixSignalContext context) => context.Cancel = AskToStop();

    [UnsupportedOSPlatform("windows")]
    [LibraryImport("libc", EntryPoint = "signal")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint SetDisposition(int signal, nint disposition);
}
