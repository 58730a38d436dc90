using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Failover.Simulation;

internal static class Program
{
    public static int Main(string[] arguments)
    {
        if (arguments.Contains("--trace"))
        {
            History one = History.Of(Argument(arguments, "--seed", 1));
            Console.WriteLine(one.Start);
            foreach (Happening step in one.Steps)
            {
                Console.WriteLine(step);
            }

            Console.Out.Flush();
            Console.WriteLine(Trace(one));
            return 0;
        }

        int histories = Argument(arguments, "--histories", 20_000);
        int seed = Argument(arguments, "--seed", 1);
        long started = Stopwatch.GetTimestamp();
        for (int i = 0; i < histories; i++)
        {
            if (i % 500 == 0 || arguments.Contains("--verbose"))
            {
                Console.Error.Write($"\r{i} {Stopwatch.GetElapsedTime(started).TotalSeconds:0.0}s ");
            }

            History history = History.Of(seed + i);
            if (Failure(history) is not null)
            {
                History smallest = Shrinker.Shrink(history);
                Console.Error.WriteLine(Trace(smallest));
                return 1;
            }
        }

        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{histories} histories from seed {seed} in {seconds:0.0} s"));
        return 0;
    }

    public static Exception? Failure(History history)
    {
        try
        {
            World.Play(history);
            return null;
        }
        catch (Exception exception)
        {
            return exception;
        }
    }

    public static string Trace(History history)
    {
        StringBuilder trace = new();
        try
        {
            World.Play(history, trace);
        }
        catch (Exception exception)
        {
            trace.Append(exception is BrokenPromise ? exception.Message : exception.ToString()).Append('\n');
        }

        return $"seed {history.Seed}\n{trace}";
    }

    private static int Argument(string[] arguments, string name, int otherwise)
    {
        int at = Array.IndexOf(arguments, name);
        return at >= 0 ? int.Parse(arguments[at + 1], CultureInfo.InvariantCulture) : otherwise;
    }
}
