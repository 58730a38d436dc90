namespace Failover;

/// <summary>What processes of their own do with a file of roll-ups.</summary>
internal static class RollUpProcess
{
    /// <summary>How many minutes <see cref="WriteAsync"/> stores.</summary>
    public const int Minutes = 4;

    private const string Variable = "FAILOVER_TESTS_HISTORY";

    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 58, 0, TimeSpan.Zero);

    /// <summary>What the shell does first.</summary>
    public static string Shell(string file) => $"export {Variable}={file}";

    private static string File => Environment.GetEnvironmentVariable(Variable)!;

    /// <summary>Stores a minute, and never ends.</summary>
    public static async Task HoldAsync()
    {
        SqliteRollUpStore store = Store(new());
        store.Add(RollUpFolder.Minute(Start, 1, "mail"));
        await store.WhenIdleAsync();
        Console.WriteLine("stored");
        await Task.Delay(Timeout.InfiniteTimeSpan);
    }

    /// <summary>Stores minutes, an hour among them, and says of each when it is stored.</summary>
    public static async Task WriteAsync()
    {
        ManualTime time = new();
        time.Advance(Minute(58));
        await using SqliteRollUpStore store = Store(time);
        for (int i = 0; i < Minutes; i++)
        {
            time.Advance(Minute(1));
            store.Add(RollUpFolder.Minute(Start.AddMinutes(i), 6, "mail", "web"));
            await store.WhenIdleAsync();
            Console.WriteLine("stored");
        }
    }

    /// <summary>Stores on a disk that is full, and then is no longer.</summary>
    public static async Task FillAsync()
    {
        List<string> warnings = [];
        await using SqliteRollUpStore store = Store(new(), warnings.Add);
        store.Add(RollUpFolder.Minute(Start, 6, "mail"));
        await store.WhenIdleAsync();
        string filler = Path.Combine(Path.GetDirectoryName(File)!, "filler");
        await using (FileStream file = System.IO.File.Create(filler, bufferSize: 0))
        {
            Should.Throw<IOException>(() =>
            {
                while (true)
                {
                    file.Write(new byte[512]);
                }
            });
        }

        string[] names = [.. Enumerable.Range(0, 4000).Select(i => $"component-{i}")];
        store.Add(RollUpFolder.Minute(Start.AddMinutes(1), 6, [.. names, "mail"]));
        await store.WhenIdleAsync();
        store.Problem!.ShouldContain("the disk is full");
        (await ReadAsync()).ShouldBe(1, "it can be read");

        System.IO.File.Delete(filler);
        store.Add(RollUpFolder.Minute(Start.AddMinutes(2), 6, "mail"));
        await store.WhenIdleAsync();
        store.Problem.ShouldBeNull();
        (await ReadAsync()).ShouldBe(3);
        warnings.Count.ShouldBe(2);

        async Task<int> ReadAsync() =>
            (await store.ReadAsync(new("mail", RollUpPeriod.Minute, default, 9), CancellationToken.None))!.Count;
    }

    private static SqliteRollUpStore Store(ManualTime time, Action<string>? warn = null)
    {
        SqliteRollUpStore store = new(File, Day(90), 64 << 20, time, warn ?? Console.Error.WriteLine);
        store.Open();
        return store;
    }
}
