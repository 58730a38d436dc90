namespace Failover;

/// <summary>One run: the scenarios one after the other, and then the tables.</summary>
internal sealed class Bench(BenchOptions options, string directory, CancellationToken stop)
{
    public BenchOptions Options => options;

    /// <summary>Where the peers find their configuration; gone after the run.</summary>
    public string Directory => directory;

    public CancellationToken Stop => stop;

    public static async Task RunAsync(BenchOptions options, CancellationToken stop)
    {
        string facts = await MachineFacts.ReadAsync(stop);
        DirectoryInfo directory = System.IO.Directory.CreateTempSubdirectory("failover-bench-");
        try
        {
            Bench bench = new(options, directory.FullName, stop);
            List<string> parts = [facts];
            try
            {
                foreach ((string name, Func<Bench, Task<string>> scenario) in Scenarios())
                {
                    if (options.Includes(name))
                    {
                        parts.Add(await scenario(bench));
                    }
                }
            }
            finally
            {
                // What was measured before a scenario failed is not lost with it.
                Console.WriteLine(Tables.Mark(string.Join('\n', parts)));
            }

            if (options.WriteTo is { } file)
            {
                Tables.Replace(file, Tables.Mark(string.Join('\n', parts)));
            }
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    /// <summary>What is being done, for whoever waits.</summary>
    public static void Say(string text) => Console.Error.WriteLine($"bench: {text}");

    /// <summary>Makes an empty folder, gone after the run.</summary>
    public string MakeFolder() =>
        System.IO.Directory.CreateDirectory(Path.Combine(directory, $"{Guid.NewGuid():N}")).FullName;

    /// <summary>One or the other, by whether this is a smoke run.</summary>
    public T Full<T>(T full, T quick) => options.IsQuick ? quick : full;

    private static (string Name, Func<Bench, Task<string>> Scenario)[] Scenarios() =>
        [
            ("http", HttpScenario.RunAsync),
            ("ondemand", OnDemandScenario.RunAsync),
            ("httpchecks", HttpCheckScenario.RunAsync),
            ("background", BackgroundScenario.RunAsync),
            ("storm", StormScenario.RunAsync),
            ("daemon", DaemonScenario.RunAsync),
        ];
}
