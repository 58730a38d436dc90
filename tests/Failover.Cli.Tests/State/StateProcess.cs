namespace Failover;

/// <summary>What child processes of the tests do with a state file: a fixed row of writes, each acknowledged by a line.</summary>
internal static class StateProcess
{
    /// <summary>Tells a child which file it is.</summary>
    public const string Variable = "FAILOVER_TESTS_STATE";

    /// <summary>How many writes there are.</summary>
    public const int Writes = 4;

    private const string Done = "stored";

    /// <summary>The child's own file.</summary>
    public static string File => Environment.GetEnvironmentVariable(Variable)!;

    /// <summary>What the shell of a child does for it.</summary>
    public static string Shell(string file) => $"export {Variable}={file}";

    public static SqliteStateStore Store(TimeProvider? time = null) =>
        new(File, Day(90), 64 << 20, time ?? TimeProvider.System, Console.Error.WriteLine);

    /// <summary>Write <paramref name="number"/>, from 1 on. They change, add and take away, and are of one to several pages.</summary>
    public static StateWrite Write(int number) =>
        new()
        {
            Nodes =
            [
                Stored.Node("/counter", $"{number}"),
                Stored.Node($"/node-{number % 3}", reason: new('r', number == 3 ? 9000 : 10)),
            ],
            ForgottenNodes = [$"/node-{(number + 1) % 3}"],
            Latches = number % 2 == 1 ? [Stored.Latch("mail", reason: $"{number}")] : [],
            Releases = number % 2 == 0 ? [new("mail", "")] : [],
            Transitions = [Stored.Transition("mail", $"{number}")],
            MayFail = number % 2 == 0,
        };

    /// <summary>Opens, makes all writes one after the other, and closes.</summary>
    public static async Task WriteAllAsync()
    {
        await using SqliteStateStore store = Store();
        store.Load();
        for (int number = 1; number <= Writes; number++)
        {
            await store.WriteAsync(Write(number));
            Console.WriteLine($"{Done} {number}");
        }
    }

    /// <summary>Opens and closes.</summary>
    public static async Task OpenAsync()
    {
        await using SqliteStateStore store = Store();
        store.Load();
    }

    /// <summary>How many writes a child has acknowledged.</summary>
    public static int Acknowledged(string output) =>
        output.Split('\n').Count(line => line.StartsWith(Done, StringComparison.Ordinal));

    /// <summary>What is stored after no write, after the first, and so on.</summary>
    public static async Task<StoredState[]> AfterEachAsync()
    {
        using StateFolder folder = new();
        List<StoredState> states = [StoredState.Empty];
        for (int number = 1; number <= Writes; number++)
        {
            await folder.StoreAsync(Write(number));
            states.Add(await folder.LoadAsync());
        }

        return [.. states];
    }

    /// <summary>Whether the same nodes and latches are stored.</summary>
    public static bool IsLike(this StoredState state, StoredState other) =>
        state.Nodes.SequenceEqual(other.Nodes) && state.Latches.SequenceEqual(other.Latches);
}
