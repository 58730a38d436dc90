namespace Failover;

/// <summary>The daemon as it is downloaded, from its start and through a reload, against HAProxy with as many servers.</summary>
internal static class DaemonScenario
{
    private const int Few = 5;
    private const int Listeners = 8;

    public static async Task<string> RunAsync(Bench bench)
    {
        TargetListener[] listeners =
        [
            .. Enumerable.Range(0, Listeners).Select(_ => new TargetListener(hasManyAddresses: false)),
        ];
        int[] ports = [.. listeners.Select(listener => listener.Port)];
        try
        {
            ChecksPlan few = new(Few, ports);
            ChecksPlan many = new(bench.Full(10_000, 500), ports);
            Bench.Say("starts that are not counted");
            await DaemonStarts.WarmUpAsync(bench, few);
            return string.Join(
                '\n',
                await DaemonStarts.RunAsync(bench, few, bench.Full(5, 1)),
                await DaemonStarts.RunAsync(bench, many, bench.Full(3, 1)),
                await DaemonReloads.RunAsync(bench, many, bench.Full(3, 1))
            );
        }
        finally
        {
            Array.ForEach(listeners, listener => listener.Dispose());
        }
    }
}
