using System.Globalization;
using System.Text;

namespace Failover;

/// <summary>So many background TCP checks of the loopback's listeners, as the files of both programs say it.</summary>
/// <param name="Count">How many.</param>
/// <param name="Ports">The ports that they look at in turn.</param>
internal sealed record ChecksPlan(int Count, IReadOnlyList<int> Ports)
{
    public const int IntervalSeconds = 10;

    /// <summary>The last one, which a reload changes.</summary>
    public string Changed => $"c{Count - 1}";

    /// <summary>Some that no reload changes, all over the file.</summary>
    public IReadOnlyList<string> Polled =>
        [.. Enumerable.Range(0, Math.Min(64, Count - 1)).Select(i => $"/c{i * (Count - 1) / Math.Min(64, Count - 1)}")];

    /// <summary>Where a component looks.</summary>
    /// <param name="component">Which.</param>
    /// <param name="version">How often the last one has been changed.</param>
    public int PortOf(int component, int version) =>
        Ports[(component + (component == Count - 1 ? version : 0)) % Ports.Count];

    /// <summary>What Failover runs from.</summary>
    public string Yaml(int port, int management, string state, int version)
    {
        StringBuilder file = new(
            $"""
            listen: 127.0.0.1:{port}
            management: 127.0.0.1:{management}
            state: {state}
            components:

            """
        );
        for (int i = 0; i < Count; i++)
        {
            file.Append(
                CultureInfo.InvariantCulture,
                $$"""
                  c{{i}}:
                    background:
                      initial_state: fail
                      interval: {{IntervalSeconds}}s
                      task:
                        tcp: {host: 127.0.0.1, port: {{PortOf(i, version)}}, timeout: 5s}

                """
            );
        }

        return file.ToString();
    }

    /// <summary>The backend that HAProxy runs.</summary>
    public string Servers(int version)
    {
        StringBuilder servers = new($"backend {CheckingHaproxy.Backend}\n  mode tcp\n");
        for (int i = 0; i < Count; i++)
        {
            servers.Append(
                CultureInfo.InvariantCulture,
                $"  server c{i} 127.0.0.1:{PortOf(i, version)} check inter {IntervalSeconds}s\n"
            );
        }

        return servers.ToString();
    }
}
