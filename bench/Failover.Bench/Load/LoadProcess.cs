using System.Diagnostics;

namespace Failover;

/// <summary>Programs that run to their end, on the core of the load.</summary>
internal static class LoadProcess
{
    /// <summary>Runs one; it is killed if the run is ended before it.</summary>
    /// <returns>What it writes to its standard output.</returns>
    public static async Task<string> OutputOfAsync(
        string command,
        IEnumerable<string> arguments,
        CancellationToken stop
    )
    {
        using Process process = Process.Start(
            new ProcessStartInfo(command, arguments) { RedirectStandardOutput = true, UseShellExecute = false }
        )!;
        await using CancellationTokenRegistration ending = stop.Register(process.Kill);
        string output = await process.StandardOutput.ReadToEndAsync(stop);
        await process.WaitForExitAsync(stop);
        return output;
    }
}
