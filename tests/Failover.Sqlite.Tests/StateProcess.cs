namespace Failover;

/// <summary>What child processes of the tests do with a state file: a fixed row of writes, each acknowledged by a line.</summary>
internal static class StateProcess
{
    /// <summary>Tells a child which file it is.</summary>
    public const string Variable = "FAILOVER_TESTS_STATE";

    /// <summary>How many writes there are.</summary>
    public const int Writes = 4;

    private const string Done = "stored";

    // The revision of the first write, which makes a latch.
    private static long latched;

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
            Components = [Stored.Component("mail", number % 2 == 1, $"{number}")],
            Latches = number % 2 == 1 ? [Stored.Latch("/mail", reason: $"{number}")] : [],
            ForgottenLatches = number == 4 ? ["/mail"] : [],
            Transitions = [Stored.Transition("mail", $"{number}")],
            Alarms = number == 1 ? [new(Stored.Delivery(1).Notification)] : [],
            ForgottenAlarms = number == 4 ? ["/mail"] : [],
            Deliveries = [Stored.Delivery(number)],
            ForgottenDeliveries = number == 4 ? [Stored.Delivery(1).Key] : [],
        };

    /// <summary>Makes write <paramref name="number"/>; the second one is a proposal.</summary>
    public static async Task StoreAsync(this SqliteStateStore store, int number)
    {
        StateWrite write = Write(number);
        if (number != 2)
        {
            latched = await store.PersistAsync(write);
            return;
        }

        StateProposal proposal = Stored.Release("/mail", latched) with
        {
            Nodes = write.Nodes,
            ForgottenNodes = write.ForgottenNodes,
        };
        (await store.CommitAsync(proposal)).Outcome.ShouldBe(CommitOutcome.Committed);
    }

    /// <summary>Opens, makes all writes one after the other, and closes. A second passes between the second and the third: the log is
    /// moved into the file, and begins anew.</summary>
    public static async Task WriteAllAsync()
    {
        ManualTime time = new();
        await using SqliteStateStore store = Store(time);
        store.Load();
        for (int number = 1; number <= Writes; number++)
        {
            await store.StoreAsync(number);
            Console.WriteLine($"{Done} {number}");
            if (number == 2)
            {
                time.Advance(Second(1));
                await store.ReadPostsAsync(new(Limit: 1), CancellationToken.None);
                await store.ReadPostsAsync(new(Limit: 1), CancellationToken.None);
            }
        }
    }

    /// <summary>Opens and closes, and says why it could not.</summary>
    public static async Task OpenAsync()
    {
        await using SqliteStateStore store = Store();
        try
        {
            store.Load();
        }
        catch (StateStoreException fault)
        {
            Console.WriteLine(fault.Message);
        }
    }

    /// <summary>Finds out whether it could be opened, then opens, and says of both why not.</summary>
    public static async Task RehearseAndOpenAsync()
    {
        try
        {
            _ = StateRehearsal.IsInUse(File);
        }
        catch (StateStoreException fault)
        {
            Console.WriteLine(fault.Message);
        }

        await OpenAsync();
    }

    /// <summary>Opens, and never closes.</summary>
    public static async Task HoldAsync()
    {
        Store().Load();
        Console.WriteLine(Done);
        await Task.Delay(Timeout.InfiniteTimeSpan);
    }

    /// <summary>Stores a latch, and never closes.</summary>
    public static async Task WriteAndHoldAsync()
    {
        SqliteStateStore store = Store();
        store.Load();
        await store.PersistAsync(Write(1));
        Console.WriteLine(Done);
        await Task.Delay(Timeout.InfiniteTimeSpan);
    }

    /// <summary>What there is to store when a file was lost.</summary>
    public static StateWrite Whole { get; } = new() { IsWhole = true, Latches = [Stored.Latch("/mail", "whole")] };

    /// <summary>Stores a latch, loses its file, says so when that is noticed, and stores all in a new one.</summary>
    public static async Task LoseAsync()
    {
        await using SqliteStateStore store = Store();
        store.Load();
        await store.PersistAsync(Write(1));
        foreach (string file in (string[])[File, $"{File}-wal"])
        {
            System.IO.File.Move(file, $"{Path.GetDirectoryName(file)}/moved{file[File.Length..]}");
        }

        await foreach (StoreNotice notice in NoticesAsync(store))
        {
            Console.WriteLine(notice.GetType().Name);
            if (notice is StoreNotice.Back)
            {
                break;
            }
        }

        await store.PersistAsync(Whole);
        Console.WriteLine(Done);
    }

    /// <summary>Stores a latch in a folder that is then unmounted, and all of it where that was mounted.</summary>
    public static async Task UnmountAsync()
    {
        string folder = Path.GetDirectoryName(File)!;
        await using (SqliteStateStore store = Store())
        {
            store.Load();
            await store.PersistAsync(Write(1));
            using (var umount = System.Diagnostics.Process.Start("umount", ["--lazy", folder]))
            {
                await umount.WaitForExitAsync();
                umount.ExitCode.ShouldBe(0);
            }

            await foreach (StoreNotice notice in NoticesAsync(store))
            {
                if (notice is StoreNotice.Back)
                {
                    break;
                }
            }

            await store.PersistAsync(Whole);
        }

        await using SqliteStateStore next = Store();
        StoredState state = next.Load();
        state.Loss.ShouldBeNull();
        state.Failed().ShouldBe(["/mail"]);
    }

    // Each proposal has the store look at its file at once.
    private static async IAsyncEnumerable<StoreNotice> NoticesAsync(SqliteStateStore store)
    {
        await store.CommitAsync(new("1"));
        await store.CommitAsync(new("2"));
        await foreach (StoreNotice notice in store.WatchAsync(CancellationToken.None))
        {
            yield return notice;
        }
    }

    /// <summary>Commits on a disk that fails twice, and then no more.</summary>
    public static async Task PersevereAsync()
    {
        await using SqliteStateStore store = Store();
        store.Load();
        CommitResult result = await store.CommitAsync(new("op") { Nodes = [Stored.Node("proposed")] });
        store.Problem.ShouldBe(result.Problem);
        Console.WriteLine($"{result.Outcome}: {result.Problem}");
        await store.PersistAsync(Write(1));
        store.Problem.ShouldBeNull();
    }

    /// <summary>Stores on a disk that is full, and then no more.</summary>
    public static async Task FillAsync()
    {
        await using (SqliteStateStore store = Store())
        {
            store.Load();
            long revision = await store.PersistAsync(Write(1));
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

            // What fits into the room that the log has got already is stored; this does not.
            StateProposal proposal = Stored.Release("/mail", revision) with
            {
                Nodes = [Stored.Node("/large", reason: new('r', 100_000))],
            };
            CommitResult result = await store.CommitAsync(proposal);
            result.Outcome.ShouldBe(CommitOutcome.Refused);
            result.Problem.ShouldContain("the disk is full");
            store.Problem.ShouldBe(result.Problem);
            Task lasting = store.PersistAsync(Write(3));
            System.IO.File.Delete(filler);
            await lasting;
            store.Problem.ShouldBeNull();
        }

        await using SqliteStateStore next = Store();
        StoredState state = next.Load();
        state.Nodes.ShouldContain(node => node.Key == "/counter" && node.State == "3");
        state.Failed().ShouldBe(["/mail"]);
    }

    /// <summary>Stores and commits on a disk that takes 5 s for it, and has no time.</summary>
    public static async Task HurryAsync()
    {
        SqliteStateStore store = Store();
        store.Load();
        long start = TimeProvider.System.GetTimestamp();
        Task<CommitResult> committed = store.CommitAsync(new("op") { Nodes = [Stored.Node("a")] });
        Task<long> written = store.PersistAsync(Write(1));
        Task<CommitResult> later = store.CommitAsync(new("later"));
        store.Problem.ShouldBeNull();
        TimeProvider.System.GetElapsedTime(start).ShouldBeLessThan(Second(1));
        await store.DisposeAsync();
        TimeProvider.System.GetElapsedTime(start).ShouldBeInRange(Second(1.9), Second(4));
        (await committed).Outcome.ShouldBe(CommitOutcome.Unknown);
        (await later).Outcome.ShouldBe(CommitOutcome.Refused);
        written.IsCompleted.ShouldBeFalse();
        await written;
    }

    /// <summary>How many writes a child has acknowledged.</summary>
    public static int Acknowledged(string output) =>
        output.Split('\n').Count(line => line.Contains(Done, StringComparison.Ordinal));

    /// <summary>What is stored after no write, after the first, and so on.</summary>
    public static async Task<StoredState[]> AfterEachAsync()
    {
        using StateFolder folder = new();
        List<StoredState> states = [StoredState.Empty];
        for (int number = 1; number <= Writes; number++)
        {
            await using (SqliteStateStore store = folder.Store())
            {
                store.Load();
                await store.StoreAsync(number);
            }

            states.Add(await folder.LoadAsync());
        }

        return [.. states];
    }
}
