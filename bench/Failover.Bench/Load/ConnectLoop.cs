namespace Failover;

/// <summary>The program of bench/connect-loop.c, on the core of the server: what a check costs at the least.</summary>
internal static class ConnectLoop
{
    /// <summary>Runs it.</summary>
    /// <param name="port">Where it connects to.</param>
    /// <param name="rate">How many checks a second; 0 for as many as it can.</param>
    /// <param name="duration">For how long, after a second that is not counted.</param>
    /// <param name="stop">Ends it.</param>
    /// <returns>What it made of it, or null where there is none.</returns>
    public static async Task<CheckSample?> RunAsync(int port, int rate, TimeSpan duration, CancellationToken stop)
    {
        if (!Peers.ConnectLoop.IsThere)
        {
            return null;
        }

        string[] words = (
            await LoadProcess.OutputOfAsync(
                Peers.Taskset.Path,
                ["-c", Cores.Server(1), Peers.ConnectLoop.Path, $"{port}", $"{rate}", $"{duration.TotalSeconds}"],
                stop
            )
        ).Split(' ');
        return words is [_, var cpu, var perSecond, "0\n"]
            ? new(Number.ParseDouble(perSecond), Number.ParseDouble(cpu), ResidentMegabytes: 0)
            : throw new BenchException($"{Peers.ConnectLoop.Program}: {string.Join(' ', words)}");
    }
}
