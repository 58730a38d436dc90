namespace Failover;

/// <summary>The program <c>failover</c>, which these tests are built with.</summary>
internal static class DaemonProgram
{
    private static string Path { get; } =
        System.IO.Path.Combine(
            AppContext.BaseDirectory.Replace(
                "tests/Failover.EndToEnd.Tests",
                "src/Failover.Cli",
                StringComparison.Ordinal
            ),
            "Failover.Cli.dll"
        );

    /// <summary>Starts it with a configuration file.</summary>
    public static ChildProcess Run(string file) => ChildProcess.Start("dotnet", "the .NET SDK", [Path, "run", file]);
}
