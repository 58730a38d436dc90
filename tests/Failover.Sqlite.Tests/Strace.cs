using System.Diagnostics;

namespace Failover;

/// <summary>The command by which the system calls of a process are seen, and made to fail.</summary>
internal static class Strace
{
    /// <summary>Skips a test where it cannot be used.</summary>
    public static void NeededOrSkip()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "strace is Linux's");
        using Process process = Process.Start("sh", ["-c", "strace -f -e trace=none true 2>/dev/null"]);
        process.WaitForExit();
        Assert.SkipUnless(process.ExitCode == 0, "needs strace, and that one may trace");
    }

    /// <summary>A command that runs another one and sees its calls on a state file and what stands beside it.</summary>
    /// <param name="file">The state file.</param>
    /// <param name="calls">The names of the calls, with commas.</param>
    /// <param name="output">Where they are told.</param>
    public static string Of(string file, string calls, string output = "/dev/null") =>
        $"strace -f -qq -y -o {output} -e trace={calls} -P {file} -P {file}-wal -P {file}-journal -P {file}.lost "
        + $"-P {file}.lost.new -P {file}.v1 -P {file}.v1.new -P {Path.GetDirectoryName(file)}";
}
