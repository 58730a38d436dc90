namespace Failover;

public sealed class StateHistoryTests : IDisposable
{
    private readonly StateFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task What_is_older_than_its_time_is_forgotten_in_several_steps()
    {
        DateTimeOffset now = folder.Time.GetUtcNow();
        await folder.StoreAsync(
            new StateWrite
            {
                Transitions =
                [
                    .. Enumerable
                        .Range(0, 2500)
                        .Select(i => Stored.Transition("mail", $"{i}", now - TimeSpan.FromDays(91))),
                    .. Enumerable
                        .Range(0, StateHistory.NeverTooOld)
                        .Select(_ => Stored.Transition("mail", "kept", now - TimeSpan.FromDays(89))),
                ],
                Posts = [Stored.Post("old", at: now - TimeSpan.FromDays(91)), Stored.Post("new", at: now)],
            }
        );

        using SqliteFile file = SqliteFile.Open(folder.File);
        StateHistory history = new(TimeSpan.FromDays(90), 64 << 20);
        // The store itself has taken a step or two.
        int steps = 0;
        while (history.Prune(file, now))
        {
            (++steps).ShouldBeLessThan(3);
        }

        file.Text("SELECT group_concat(DISTINCT reason) FROM transition").ShouldBe("kept");
        file.Number("SELECT count(*) FROM transition").ShouldBe(StateHistory.NeverTooOld);
        file.Text("SELECT group_concat(component) FROM post").ShouldBe("old,new");
    }

    [Fact]
    public async Task A_clock_that_is_ten_years_ahead_leaves_the_newest_entries()
    {
        DateTimeOffset now = folder.Time.GetUtcNow();
        await folder.StoreAsync(
            new StateWrite
            {
                Transitions = [.. Enumerable.Range(0, 12_000).Select(i => Stored.Transition("mail", $"{i}", now))],
                Posts = [.. Enumerable.Range(0, 5000).Select(i => Stored.Post($"{i}", at: now))],
            }
        );

        folder.Time.WallClock = now.AddYears(10);
        await using (SqliteStateStore store = folder.Store())
        {
            store.Load();
            // Each write gives it occasion for a step; a read comes after what was written before it.
            for (int i = 0; i < 10; i++)
            {
                await store.PersistAsync(Stored.Write(Stored.Node("a", $"{i}")));
                await store.ReadPostsAsync(new(Limit: 1), TestContext.Current.CancellationToken);
            }
        }

        folder
            .Ask("SELECT count(*) || ' from ' || min(cast(reason AS INTEGER)) FROM transition")
            .ShouldBe("10000 from 2000");
        folder.Ask("SELECT count(*) FROM post").ShouldBe("5000");
    }

    [Fact]
    public async Task What_is_too_much_is_forgotten_from_the_oldest_on_and_the_states_are_not()
    {
        const int Bound = 256 << 10;
        string reason = new('r', 200);
        await folder.StoreAsync(
            new StateWrite
            {
                Nodes = [.. Enumerable.Range(0, 5000).Select(i => Stored.Node($"/{i}"))],
                Transitions = [.. Enumerable.Range(0, 5000).Select(_ => Stored.Transition("mail", reason))],
            }
        );

        using (SqliteFile file = SqliteFile.Open(folder.File))
        {
            StateHistory history = new(TimeSpan.FromDays(90), Bound);
            int steps = 0;
            while (history.Prune(file, folder.Time.GetUtcNow()))
            {
                (++steps).ShouldBeLessThan(20);
            }

            file.Number("SELECT max(id) FROM transition").ShouldBe(5000);
            file.Number("SELECT sum(length(reason)) FROM transition").ShouldBeInRange(Bound / 3, Bound);
        }

        (await folder.LoadAsync()).Nodes.Length.ShouldBe(5000);
    }

    [Fact]
    public async Task A_file_that_is_written_on_and_on_does_not_grow_on_and_on()
    {
        const int Bound = 256 << 10;
        await using (SqliteStateStore store = folder.Store(historyMaxSize: Bound))
        {
            store.Load();
            for (int i = 0; i < 40; i++)
            {
                await store.PersistAsync(
                    new()
                    {
                        Transitions =
                        [
                            .. Enumerable.Range(0, 500).Select(_ => Stored.Transition("mail", new('r', 100))),
                        ],
                    }
                );
            }
        }

        // 20,000 moves of some 200 bytes are 4 MB.
        new FileInfo(folder.File).Length.ShouldBeLessThan(4 * Bound);
    }
}
