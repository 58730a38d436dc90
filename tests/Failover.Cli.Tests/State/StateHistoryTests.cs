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
                    Stored.Transition("mail", "kept", now - TimeSpan.FromDays(89)),
                ],
                Posts = [Stored.Post("old", at: now - TimeSpan.FromDays(91)), Stored.Post("kept", at: now)],
            }
        );

        using SqliteFile file = SqliteFile.Open(folder.File);
        StateHistory history = new(file, TimeSpan.FromDays(90), 64 << 20);
        // The store itself has taken a step or two.
        int steps = 0;
        while (history.Prune(now))
        {
            (++steps).ShouldBeLessThan(3);
        }

        file.Text("SELECT group_concat(reason) FROM transition").ShouldBe("kept");
        file.Text("SELECT group_concat(component) FROM post").ShouldBe("kept");
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
            StateHistory history = new(file, TimeSpan.FromDays(90), Bound);
            int steps = 0;
            while (history.Prune(folder.Time.GetUtcNow()))
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
                await store.WriteAsync(
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
