namespace Failover;

public sealed class StoreQueueTests : IAsyncDisposable
{
    private readonly ScriptedStore store = new();
    private readonly ManualTime time = new();
    private readonly List<string> outcomes = [];

    [Fact]
    public void Writes_and_proposals_are_handed_over_in_their_order_and_their_outcomes_come_back()
    {
        StoreQueue queue = Queue();
        store.Holds = true;
        queue.Add(new MachineAction.Persist(1, Write("a")));
        queue.Add(new MachineAction.Propose(new("op")));
        queue.Add(new MachineAction.Persist(2, Write("b")));
        queue.IsEmpty.ShouldBeFalse();

        queue.Drain();
        queue.IsEmpty.ShouldBeTrue();
        outcomes.ShouldBeEmpty("nothing is stored");

        store.StoreAll();
        outcomes.ShouldBe(["1 at 1", "op Committed", "2 at 3"]);
    }

    [Fact]
    public void Nobody_waits_for_a_write_without_latches()
    {
        StoreQueue queue = Queue();
        queue.Add(new MachineAction.Persist(1, Write("a") with { Latches = [] }));

        queue.Drain();

        store.Written.ShouldHaveSingleItem();
        outcomes.ShouldBeEmpty();
    }

    [Fact]
    public void What_an_outcome_leads_to_is_handed_over_after_what_waits()
    {
        StoreQueue queue = null!;
        queue = new(
            store,
            (sequence, _) =>
            {
                outcomes.Add($"{sequence}");
                if (sequence == 1)
                {
                    queue.Add(new MachineAction.Persist(3, Write("c")));
                    queue.Drain();
                    outcomes.ShouldBe(["1"], "the thread that hands over goes through all of it");
                }
            },
            (_, _) => { },
            _ => { },
            TimeProvider.System
        );
        queue.Add(new MachineAction.Persist(1, Write("a")));
        queue.Add(new MachineAction.Persist(2, Write("b")));

        queue.Drain();

        outcomes.ShouldBe(["1", "2", "3"]);
        store.Written.Select(write => write.ForgottenComponents[0]).ShouldBe(["a", "b", "c"]);
    }

    [Fact]
    public void A_store_that_throws_stores_nothing_and_its_proposals_are_unknown()
    {
        StoreQueue queue = Queue();
        store.Throws = new InvalidOperationException("a bug");
        queue.Add(new MachineAction.Persist(1, Write("a")));
        queue.Add(new MachineAction.Propose(new("op")));
        queue.Add(new MachineAction.Withdraw("op"));

        queue.Drain();

        outcomes.ShouldBe(["op Unknown"]);
        queue.IsEmpty.ShouldBeTrue();
    }

    [Fact]
    public async Task Threads_that_hand_over_at_once_keep_the_order_and_leave_nothing_behind()
    {
        StoreQueue queue = Queue();
        long last = 0;
        Lock machine = new();

        await Task.WhenAll(
            Enumerable
                .Range(0, 4)
                .Select(_ =>
                    Task.Run(() =>
                    {
                        for (int i = 0; i < 1000; i++)
                        {
                            lock (machine)
                            {
                                last++;
                                queue.Add(new MachineAction.Persist(last, Write($"{last}")));
                            }

                            queue.Drain();
                        }
                    })
                )
        );

        store
            .Written.Select(write => write.ForgottenComponents[0])
            .ShouldBe(Enumerable.Range(1, 4000).Select(i => $"{i}"));
    }

    [Fact]
    public void Notifications_are_due_once_they_are_stored_and_in_their_order()
    {
        StoreQueue queue = Queue();
        store.Holds = true;
        queue.Add(new MachineAction.Persist(1, Told("a", "b")));
        queue.Add(new MachineAction.Persist(2, Told("c")));
        queue.Drain();
        outcomes.ShouldBeEmpty();

        store.StoreAll();

        outcomes.ShouldBe(["due: a all b all", "due: c all"]);
    }

    [Fact]
    public void Where_nothing_is_stored_notifications_are_due_after_5_s()
    {
        StoreQueue queue = Queue();
        store.Holds = true;
        queue.Add(new MachineAction.Persist(1, Told("a")));
        queue.Drain();

        time.Advance(Second(4.9));
        outcomes.ShouldBeEmpty();
        time.Advance(Second(0.1));

        SpinWait.SpinUntil(() => outcomes.Count > 0, Second(10)).ShouldBeTrue();
        outcomes.ShouldBe(["due: a all"]);
        store.StoreAll();
        outcomes.ShouldBe(["due: a all"], "once");
    }

    [Fact]
    public void What_became_of_deliveries_is_not_due_again()
    {
        StoreQueue queue = Queue();
        StateWrite told = Told("a");
        queue.Add(
            new MachineAction.Persist(
                0,
                told with
                {
                    Deliveries = [told.Deliveries[0] with { Failure = "status 500" }],
                }
            )
        );

        queue.Drain();

        outcomes.ShouldBeEmpty();
        store.Written.ShouldHaveSingleItem();
    }

    public ValueTask DisposeAsync() => store.DisposeAsync();

    private StoreQueue Queue() =>
        new(
            store,
            (sequence, revision) => outcomes.Add($"{sequence} at {revision}"),
            (operation, result) => outcomes.Add($"{operation} {result.Outcome}"),
            deliveries => outcomes.Add($"due: {string.Join(' ', deliveries.Select(one => one.Key))}"),
            time
        );

    private static StateWrite Told(params string[] ids) =>
        new()
        {
            Deliveries =
            [
                .. ids.Select(
                    (id, index) =>
                        new StoredDelivery(
                            index,
                            "all",
                            new(
                                id,
                                id,
                                NotificationStatus.Firing,
                                NotificationTopics.State,
                                NotificationSeverity.Critical,
                                "/mail",
                                "down",
                                DateTimeOffset.UnixEpoch
                            )
                        )
                ),
            ],
        };

    private static StateWrite Write(string forgotten) =>
        new()
        {
            ForgottenComponents = [forgotten],
            Latches =
            [
                new($"/{forgotten}#", "toggle", "", Fail, "id", IsAuthorised: true, [forgotten], "down", default),
            ],
        };
}
