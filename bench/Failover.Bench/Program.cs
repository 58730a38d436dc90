using System.Runtime.InteropServices;

namespace Failover;

/// <summary>Measures Failover and its peers side by side and prints tables; or is one of its own child processes.</summary>
internal static class Program
{
    public static async Task<int> Main(string[] arguments)
    {
        switch (arguments)
        {
            case [ServedFailover.Verb, var order]:
                await ServedFailover.RunAsync(ServeOrder.Parse(order));
                return 0;
            case [StormClient.Verb, var port, var path, var count]:
                return await StormClient.RunAsync(Number.Parse(port), path, Number.Parse(count));
            case [OpenLoop.Verb, var port, var paths, var rate, var seconds]:
                return OpenLoop.Ask(Number.Parse(port), paths.Split(','), Number.Parse(rate), Number.Parse(seconds));
            default:
                return await MeasureAsync(arguments);
        }
    }

    private static async Task<int> MeasureAsync(string[] arguments)
    {
        if (!BenchOptions.TryParse(arguments, out BenchOptions options, out string fault))
        {
            Console.Error.WriteLine(fault);
            return 2;
        }

        if (options.IsHelp)
        {
            Console.WriteLine(BenchOptions.Help);
            return 0;
        }

        using CancellationTokenSource stop = new();
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        try
        {
            return await Bench.RunAsync(options, stop.Token) ? 0 : 1;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            Console.Error.WriteLine("bench: interrupted");
            return 130;
        }
        catch (BenchException exception)
        {
            Console.Error.WriteLine($"bench: {exception.Message}");
            return 1;
        }

        void Stop(PosixSignalContext context)
        {
            context.Cancel = true;
            stop.Cancel();
        }
    }
}
