using System.Diagnostics;

namespace Failover;

/// <summary>Runs a method in a process of its own, where it may use up what it likes.</summary>
internal static class SeparateProcess
{
    /// <summary>Names the method for <see cref="StartupHook"/>.</summary>
    public const string Variable = "FAILOVER_TESTS_ALONE";

    /// <summary>Runs it, and fails with its output if it does.</summary>
    /// <param name="method">A static one without parameters that returns a task.</param>
    /// <param name="shell">What the shell does first; what it changes of its process, the method finds.</param>
    /// <param name="within">A command that all of it is run by, as <c>unshare --net</c>.</param>
    public static async Task RunAsync(Func<Task> method, string shell = "true", string within = "env")
    {
        (int code, string output, string errors) = await EndAsync(method, shell, within);
        code.ShouldBe(0, output + errors);
    }

    /// <summary>Runs it, and returns how it ended.</summary>
    /// <inheritdoc cref="RunAsync" path="/param"/>
    public static async Task<(int Code, string Output, string Errors)> EndAsync(
        Func<Task> method,
        string shell = "true",
        string within = "env"
    )
    {
        using Process process = Start(method, shell, within);
        try
        {
            CancellationToken cancel = TestContext.Current.CancellationToken;
            Task<string> output = process.StandardOutput.ReadToEndAsync(cancel);
            Task<string> errors = process.StandardError.ReadToEndAsync(cancel);
            await process.WaitForExitAsync(cancel).WaitAsync(Minute(2), cancel);
            return (process.ExitCode, await output, await errors);
        }
        finally
        {
            process.Kill(entireProcessTree: true);
        }
    }

    /// <summary>Starts it. To end it is up to the caller.</summary>
    /// <inheritdoc cref="RunAsync" path="/param"/>
    public static Process Start(Func<Task> method, string shell = "true", string within = "env")
    {
        string assembly = typeof(SeparateProcess).Assembly.Location;
        string runtime = Path.GetFileNameWithoutExtension(Environment.ProcessPath) is "dotnet"
            ? $"'{Environment.ProcessPath}' '{assembly}'"
            : $"'{Environment.ProcessPath}'";
        string[] command = [.. within.Split(' '), "sh", "-c", $"set -e; {shell}; exec {runtime}"];
        ProcessStartInfo start = new(command[0], command[1..])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            Environment =
            {
                ["DOTNET_STARTUP_HOOKS"] = assembly,
                [Variable] = $"{method.Method.DeclaringType!.FullName}.{method.Method.Name}",
            },
        };
        return Process.Start(start)!;
    }

    /// <summary>Skips the test where a command that a process is run by is not permitted.</summary>
    public static async Task SkipUnlessRunsAsync(string within)
    {
        string[] command = within.Split(' ');
        using Process process = Process.Start(
            new ProcessStartInfo(command[0], [.. command[1..], "true"])
            {
                UseShellExecute = false,
                RedirectStandardError = true,
            }
        )!;
        string errors = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.SkipUnless(process.ExitCode == 0, $"{within} failed: {errors}");
    }

    /// <summary>A command that gives a process a network and mounts of its own: as root, or where the system lets
    /// everybody. The test is skipped where neither holds.</summary>
    public static string NamespaceOrSkip()
    {
        const string Unshare = "unshare --map-root-user --net --mount";
        Assert.SkipUnless(OperatingSystem.IsLinux(), "namespaces are Linux's");
        using Process process = Process.Start("sh", ["-c", $"{Unshare} ip link set lo up 2>/dev/null"]);
        process.WaitForExit();
        Assert.SkipUnless(process.ExitCode == 0, $"needs root or unprivileged user namespaces: {Unshare} failed");
        return Unshare;
    }
}
