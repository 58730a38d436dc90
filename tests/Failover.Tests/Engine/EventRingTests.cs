namespace Failover;

public sealed class EventRingTests
{
    [Fact]
    public async Task A_reader_gets_each_event_in_order_and_ends_when_there_will_be_no_more()
    {
        EventRing ring = new(capacity: 4);
        Task<List<string>> reading = ReadAsync(ring, next: 0);
        for (int i = 0; i < 4; i++)
        {
            ring.Publish(Happened(i));
        }

        ring.Complete();

        (await reading).ShouldBe(["0", "1", "2", "3"]);
    }

    [Fact]
    public async Task A_slow_reader_learns_how_many_it_missed_and_delays_nobody()
    {
        EventRing ring = new(capacity: 3);
        await using IAsyncEnumerator<RingEntry> slow = ring.FollowAsync(next: 0, TestContext.Current.CancellationToken)
            .GetAsyncEnumerator(TestContext.Current.CancellationToken);
        ring.Publish(Happened(0));
        (await slow.MoveNextAsync()).ShouldBeTrue();

        for (int i = 1; i < 100; i++)
        {
            ring.Publish(Happened(i));
        }

        ring.Complete();
        (await slow.MoveNextAsync()).ShouldBeTrue();
        (slow.Current.Event, slow.Current.Missed, slow.Current.Number).ShouldBe((Happened(97), 96L, 97L));
        (await slow.MoveNextAsync()).ShouldBeTrue();
        (slow.Current.Event, slow.Current.Missed, slow.Current.Number).ShouldBe((Happened(98), 0L, 98L));
    }

    [Fact]
    public async Task A_reader_may_begin_with_what_comes()
    {
        EventRing ring = new(capacity: 3);
        ring.Publish(Happened(0));
        Task<List<string>> reading = ReadAsync(ring, ring.Written);
        ring.Publish(Happened(1));
        ring.Complete();

        (await reading).ShouldBe(["1"]);
    }

    [Fact]
    public async Task A_reader_that_waits_can_be_cancelled()
    {
        EventRing ring = new(capacity: 3);
        using CancellationTokenSource stop = new();
        await using IAsyncEnumerator<RingEntry> reader = ring.FollowAsync(next: 0, stop.Token)
            .GetAsyncEnumerator(TestContext.Current.CancellationToken);
        ValueTask<bool> next = reader.MoveNextAsync();

        await stop.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(async () => await next);
    }

    [Fact]
    public async Task Many_readers_and_writers_lose_nothing_that_is_kept()
    {
        const int Events = 1000;
        EventRing ring = new(capacity: 4 * Events);
        Task<List<string>>[] readers =
        [
            .. Enumerable.Range(0, 4).Select(_ => Task.Run(() => ReadAsync(ring, next: 0))),
        ];

        await Task.WhenAll(
            Enumerable
                .Range(0, 4)
                .Select(writer =>
                    Task.Run(() =>
                    {
                        for (int i = 0; i < Events; i++)
                        {
                            ring.Publish(Happened((writer * Events) + i));
                        }
                    })
                )
        );
        ring.Complete();

        List<string>[] read = await Task.WhenAll(readers);
        read.ShouldAllBe(one => one.Distinct().Count() == 4 * Events);
        read.ShouldAllBe(one => one.SequenceEqual(read[0]));
    }

    private static async Task<List<string>> ReadAsync(EventRing ring, long next)
    {
        List<string> read = [];
        await foreach ((HealthEvent happened, long missed, _, _) in ring.FollowAsync(next))
        {
            missed.ShouldBe(0);
            read.Add(((StateChange)happened).Reason);
        }

        return read;
    }

    private static StateChange Happened(int number) => new("mail", Ok, Fail, $"{number}");
}
