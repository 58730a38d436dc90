namespace Failover;

/// <summary>What the command line asks for.</summary>
/// <param name="IsQuick">A smoke run: every scenario once, short and small. Its figures mean nothing.</param>
/// <param name="Only">The one scenario to run; null for all.</param>
/// <param name="WriteTo">The file whose part between the markers is replaced; null for none.</param>
/// <param name="IsHelp">Whether help is asked for.</param>
internal sealed record BenchOptions(bool IsQuick, string? Only, string? WriteTo, bool IsHelp)
{
    private static readonly string[] Names = [.. Scenarios.All.Select(scenario => scenario.Name)];

    public static string Help { get; } =
        $"""
            Usage: ./build.sh bench [options]

            Measures Failover side by side with HAProxy, nginx, blackbox_exporter and a bare loop in C, on the loopback, and prints
            Markdown on the standard output: first a table of targets, figures and verdicts. Progress goes to the standard error.
            A full run takes about 25 minutes.

              --only <scenario>   one of: {string.Join(", ", Names)}
              --quick             a smoke run of a few minutes, to see that it works: its figures mean nothing
              --write <file>      also put the text between the two bench markers of that file (docs/performance.md), and the plots
                                  into the folder beside it that has its name; without it they are put into artifacts/bench
              --help              this text

            Needs artifacts/failover and artifacts/bench/connect-loop, which build.sh makes, and the Debian packages chromium,
            haproxy, nginx-light, prometheus-blackbox-exporter, strace, util-linux and wrk: what is missing of a peer is left out, and named.
            Needs 12,000 descriptors a process (ulimit -Hn), and two cores.
            """;

    public bool Includes((string Name, Func<Bench, Task<string>> RunAsync) scenario) =>
        Only is null || Only.Equals(scenario.Name, StringComparison.Ordinal);

    public static bool TryParse(string[] arguments, out BenchOptions options, out string fault)
    {
        options = new(IsQuick: false, Only: null, WriteTo: null, IsHelp: false);
        fault = "";
        for (int i = 0; i < arguments.Length; i++)
        {
            string? value = i + 1 < arguments.Length ? arguments[i + 1] : null;
            switch (arguments[i])
            {
                case "--quick":
                    options = options with { IsQuick = true };
                    break;
                case "--help" or "-h":
                    options = options with { IsHelp = true };
                    break;
                case "--only" when Names.Contains(value, StringComparer.Ordinal):
                    options = options with { Only = value };
                    i++;
                    break;
                case "--only":
                    fault = $"--only is \"{value}\"; accepted: {string.Join(", ", Names)}";
                    return false;
                case "--write" when File.Exists(value):
                    options = options with { WriteTo = value };
                    i++;
                    break;
                case "--write":
                    fault = $"--write is \"{value}\"; accepted: a file that exists";
                    return false;
                default:
                    fault = $"unknown option \"{arguments[i]}\"; accepted: --only, --quick, --write, --help";
                    return false;
            }
        }

        fault = options is { Only: not null, WriteTo: not null } ? "--write needs all scenarios: leave --only out" : "";
        return fault.Length == 0;
    }
}
