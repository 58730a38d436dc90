using System.Diagnostics;

namespace Failover;

/// <summary>Pipes with a name: mkfifo(1).</summary>
internal static class Fifo
{
    /// <summary>Makes one that nobody has open.</summary>
    public static void Make(string path)
    {
        using Process process = Process.Start("mkfifo", [path]);
        process.WaitForExit();
        process.ExitCode.ShouldBe(0);
    }
}
