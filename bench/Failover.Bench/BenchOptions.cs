namespace Failover;

/// <summary>What the command line asks for.</summary>
/// <param name="IsQuick">A smoke run: every scenario once, short and small. Its figures mean nothing.</param>
/// <param name="Only">The one scenario to run; null for all.</param>
/// <param name="WriteTo">The file whose part between the markers is replaced; null for none.</param>
/// <param name="IsHelp">Whether help is asked for.</param>
internal sealed record BenchOptions(bool IsQuick, string? Only, string? WriteTo, bool IsHelp)
{
    private static readonly string[] Scenarios = ["http", "ondemand", "httpchecks", "background", "storm", "daemon"];

    public const string Help = """
        Usage: ./build.sh bench [options]

        Measures Failover side by side with HAProxy, nginx and blackbox_exporter, on the loopback, and prints Markdown
        tables on the standard output; progress goes to the standard error. A full run takes about 12 minutes.

          --only <scenario>   one of: http, ondemand, httpchecks, background, storm, daemon
          --quick             a smoke run of about two minutes, to see that it works: its figures mean nothing
          --write <file>      also put the tables between the two bench markers of that file (docs/performance.md)
          --help              this text

        Needs the Debian packages haproxy, nginx-light, prometheus-blackbox-exporter and wrk, and 12,000 descriptors a
        process (ulimit -Hn).
        """;

    public bool Includes(string scenario) => Only is null || Only.Equals(scenario, StringComparison.Ordinal);

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
                case "--only" when Scenarios.Contains(value, StringComparer.Ordinal):
                    options = options with { Only = value };
                    i++;
                    break;
                case "--only":
                    fault = $"--only is \"{value}\"; accepted: {string.Join(", ", Scenarios)}";
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

        return true;
    }
}
