using System.Diagnostics;

namespace Failover;

/// <summary>One run: the scenarios one after the other, and then the tables.</summary>
internal sealed class Bench(BenchOptions options, string directory, CancellationToken stop)
{
    public BenchOptions Options => options;

    public CancellationToken Stop => stop;

    /// <summary>What is to be reached, and what was.</summary>
    public Verdicts Verdicts { get; } = new();

    public PlotFolder Plots { get; } = new(options.WriteTo);

    /// <summary>How often each figure is taken.</summary>
    public int Rounds => Full(5, 1);

    /// <summary>Runs them.</summary>
    /// <returns>Whether all came to their end.</returns>
    public static async Task<bool> RunAsync(BenchOptions options, CancellationToken stop)
    {
        Cores.PinLoad();
        string facts = await MachineFacts.ReadAsync(stop);
        DirectoryInfo directory = Directory.CreateTempSubdirectory("failover-bench-");
        Bench bench = new(options, directory.FullName, stop);
        List<string> parts = [];
        bool isComplete = true;
        Stopwatch clock = Stopwatch.StartNew();
        try
        {
            foreach ((string name, Func<Bench, Task<string>> runAsync) in Scenarios.All.Where(options.Includes))
            {
                Say($"{name} ({clock.Elapsed:m\\:ss})");
                try
                {
                    parts.Add(await runAsync(bench));
                }
                catch (BenchException fault)
                {
                    // What was measured is not lost with it, nor is what comes after it.
                    Say($"{name} failed: {fault.Message}");
                    parts.Add($"### {name}\n\nNot measured: {fault.Message}\n");
                    isComplete = false;
                }
            }
        }
        finally
        {
            directory.Delete(recursive: true);
            Report(bench, [facts, .. parts]);
        }

        return isComplete;
    }

    /// <summary>What is being done, for whoever waits.</summary>
    public static void Say(string text) => Console.Error.WriteLine($"bench: {text}");

    /// <summary>Makes an empty folder, gone after the run.</summary>
    public string MakeFolder() => Directory.CreateDirectory(Path.Combine(directory, $"{Guid.NewGuid():N}")).FullName;

    /// <summary>One or the other, by whether this is a smoke run.</summary>
    public T Full<T>(T full, T quick) => options.IsQuick ? quick : full;

    private static void Report(Bench bench, IEnumerable<string> parts)
    {
        string[] all = [bench.Verdicts.Table(), bench.Plots.Gallery(), .. parts];
        string text = Tables.Mark(string.Join('\n', all.Where(part => part.Length > 0)));
        Console.WriteLine(text);
        if (bench.Options.WriteTo is { } file && !bench.Stop.IsCancellationRequested)
        {
            Tables.Replace(file, text);
        }
    }
}
