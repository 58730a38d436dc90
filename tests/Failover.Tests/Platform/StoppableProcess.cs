using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Failover;

/// <summary>A method in a process of its own that can be stopped in the middle of it.</summary>
internal sealed partial class StoppableProcess : IDisposable
{
    // Linux, asm-generic/signal.h
    private const int SigCont = 18;
    private const int SigStop = 19;

    private readonly Process process;
    private readonly Task<string> errors;

    private StoppableProcess(Process process)
    {
        this.process = process;
        errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
    }

    /// <inheritdoc cref="SeparateProcess.Start"/>
    public static StoppableProcess Start(Func<Task> method, string shell = "true", string within = "env") =>
        new(SeparateProcess.Start(method, shell, within));

    /// <summary>The next line that it writes. Fails with its errors where there is none.</summary>
    public async Task<string> ReadLineAsync() =>
        await process
            .StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken)
            .AsTask()
            .WaitAsync(Minute(2), TimeProvider.System, TestContext.Current.CancellationToken)
        ?? throw new InvalidOperationException($"ended without a line: {await errors}");

    /// <summary>Stops it; it runs no instruction when this is over.</summary>
    public void Stop()
    {
        Kill(process.Id, SigStop).ShouldBe(0);
        SpinWait.SpinUntil(IsStopped, Second(20)).ShouldBeTrue();
    }

    /// <summary>Has it go on.</summary>
    public void Continue() => Kill(process.Id, SigCont).ShouldBe(0);

    /// <summary>Stops it for a time.</summary>
    public async Task StopForAsync(TimeSpan duration)
    {
        Stop();
        // Real time: that of the process that is stopped.
        await Task.Delay(duration, TestContext.Current.CancellationToken);
        Continue();
    }

    public void Dispose()
    {
        process.Kill(entireProcessTree: true);
        process.Dispose();
    }

    // proc(5): T in every thread, after the name in parentheses.
    private bool IsStopped() =>
        Directory
            .GetDirectories(string.Create(CultureInfo.InvariantCulture, $"/proc/{process.Id}/task"))
            .All(thread => File.ReadAllText($"{thread}/stat").Split(") ")[^1].StartsWith('T'));

    [LibraryImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Kill(int process, int signal);
}
