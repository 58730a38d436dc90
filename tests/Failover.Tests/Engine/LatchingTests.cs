namespace Failover;

/// <summary>A latched fail stays latched whatever becomes of its description.</summary>
public sealed class LatchingTests : IAsyncDisposable
{
    private readonly ScriptedStore store = new();
    private readonly ScriptedCheck check = new() { Sees = Fail };
    private readonly Oneshot reset = new();

    [Fact]
    public async Task Under_another_threshold()
    {
        await using EngineUnderTest test = await LatchedAsync();
        test.Replace(("mail", new Toggle(new Hysteresis(check, failAfter: Count(7)), reset)));
        await ShouldBeLatchedUntilItIsResetAsync(test);
    }

    [Fact]
    public async Task Deeper_in_the_tree()
    {
        await using EngineUnderTest test = await LatchedAsync();
        test.Replace(("mail", new Background(new Toggle(check, reset), Second(10))));
        (await EngineUnderTest.PollAsync(test.Of("mail"))).ShouldBe(Fail, "before the first turn as well");
        await test.Engine.WhenIdleAsync();
        await ShouldBeLatchedUntilItIsResetAsync(test);
        store.Load().Latches.ShouldBeEmpty();
    }

    [Fact]
    public async Task For_whoever_waits_for_a_look_of_before()
    {
        await using EngineUnderTest test = new(store);
        ScriptedCheck other = new() { Sees = Fail };
        test.Replace(("mail", new Toggle(check, other)));
        await test.StartAsync();
        (await EngineUnderTest.PollAsync(test.Of("mail"))).ShouldBe(Fail);

        other.Sees = Ok;
        other.Gate = new TaskCompletionSource();
        Task<HealthState> poll = EngineUnderTest.PollAsync(test.Of("mail"));
        test.Replace(("mail", new Toggle(new Hysteresis(check), reset)));
        other.Gate.SetResult();
        (await poll).ShouldBe(Fail);
    }

    [Fact]
    public async Task For_whoever_asks_while_it_is_replaced()
    {
        await using EngineUnderTest test = await LatchedAsync();
        check.Sees = Ok;
        (string, HealthTask)[] components =
        [
            ("mail", new Background(check, Second(10))),
            .. Enumerable.Range(0, 500).Select(i => ($"other-{i}", (HealthTask)new Hysteresis(check))),
        ];
        test.Replace(components);
        await test.Engine.WhenIdleAsync();
        Component component = test.Of("mail");
        component.Served.State.ShouldBe(Ok, "it is held at fail all the same");

        bool isOver = false;
        Task<bool> polls = Task.Run(async () =>
        {
            bool isFail = true;
            while (!Volatile.Read(ref isOver))
            {
                isFail &= (await component.AnswerAsync()).State == Fail;
            }

            return isFail;
        });
        for (int i = 0; i < 20; i++)
        {
            test.Replace(components);
        }

        Volatile.Write(ref isOver, true);
        (await polls).ShouldBeTrue();
    }

    [Fact]
    public async Task Taken_away_and_given_back()
    {
        await using EngineUnderTest test = await LatchedAsync();
        test.Replace();
        test.Engine.Components.ShouldBeEmpty();
        test.Replace(("mail", new Toggle(check, reset)));
        await ShouldBeLatchedUntilItIsResetAsync(test);
    }

    [Fact]
    public async Task Without_a_toggle_it_is_a_fail_until_one_is_back()
    {
        await using EngineUnderTest test = await LatchedAsync();
        test.Replace(("mail", check));
        (await EngineUnderTest.PollAsync(test.Of("mail"), 3)).ShouldBe("FFF");
        (await test.Of("mail").AnswerAsync()).Reason.ShouldStartWith("latched, and no toggle is left to reset: ");

        test.Replace(("mail", new Toggle(check, reset)));
        await ShouldBeLatchedUntilItIsResetAsync(test);
        test.Replace(("mail", check));
        (await EngineUnderTest.PollAsync(test.Of("mail"))).ShouldBe(Ok);
    }

    [Fact]
    public async Task In_a_store_that_keeps_nothing_too()
    {
        await using EngineUnderTest test = await LatchedAsync(new EngineUnderTest());
        test.Replace();
        test.Replace(("mail", new Toggle(check, reset)));
        await ShouldBeLatchedUntilItIsResetAsync(test);
    }

    [Fact]
    public async Task Of_two_toggles_the_one_that_was()
    {
        Oneshot other = new();
        await using EngineUnderTest test = new(store);
        HealthTask Both(int failAfter) =>
            new Toggle(toFail: new Toggle(new Hysteresis(check, failAfter: Count(failAfter)), other), toOk: reset);
        test.Replace(("mail", Both(1)));
        await test.StartAsync();
        (await EngineUnderTest.PollAsync(test.Of("mail"))).ShouldBe(Fail);
        store.Load().Latches.Select(latch => latch.Path).ShouldBe(["", "to_fail"], ignoreOrder: true);
    }

    [Fact]
    public async Task A_shared_toggle_is_latched_wherever_it_is_served()
    {
        await using EngineUnderTest test = new(store);
        Toggle shared = new(check, reset);
        test.Replace(("a", shared), ("b", shared));
        await test.StartAsync();
        (await EngineUnderTest.PollAsync(test.Of("a"))).ShouldBe(Fail);
        store.Load().Latches.Select(latch => latch.Component).ShouldBe(["a", "b"], ignoreOrder: true);

        test.Replace(("b", new Toggle(check, reset)));
        check.Sees = Ok;
        (await EngineUnderTest.PollAsync(test.Of("b"), 2)).ShouldBe("FF");
    }

    [Fact]
    public async Task A_shared_toggle_that_goes_on_is_known_to_what_is_new_above_it()
    {
        await using EngineUnderTest test = new();
        Toggle shared = new(new Background(check, Minute(1)), reset);
        ReplaceSharing(test, shared, ("a", shared), ("b", new Hysteresis(shared)));
        await test.StartAsync();
        (await EngineUnderTest.PollAsync(test.Of("b"))).ShouldBe(Fail);

        test.Time.Advance(Second(1));
        ReplaceSharing(test, shared, ("b", new Hysteresis(shared, okAfter: Count(2))), ("c", new Hysteresis(shared)));
        (await EngineUnderTest.PollAsync(test.Of("b"))).ShouldBe(Fail);
        (await EngineUnderTest.PollAsync(test.Of("c"))).ShouldBe(Fail, "before the next look as well");
        test.Time.Advance(Second(1));
        ReplaceSharing(test, shared, ("d", new Hysteresis(shared)));
        (await EngineUnderTest.PollAsync(test.Of("d"))).ShouldBe(Fail, "though it was never latched itself");
    }

    [Fact]
    public async Task A_shared_toggle_that_goes_on_is_shown_by_a_component_that_had_another_task()
    {
        await using EngineUnderTest test = new();
        Toggle shared = new(new Background(check, Minute(1)), reset);
        ReplaceSharing(test, shared, ("a", shared), ("b", new Hysteresis(new ScriptedCheck())));
        await test.StartAsync();
        (await EngineUnderTest.PollAsync(test.Of("b"))).ShouldBe(Ok);

        ReplaceSharing(test, shared, ("a", shared), ("b", shared));
        (await EngineUnderTest.PollAsync(test.Of("b"))).ShouldBe(Fail);
    }

    [Fact]
    public async Task Where_the_process_dies_before_what_stands_above_has_followed()
    {
        HealthTask task = new Hysteresis(new Toggle(check, reset));
        await using (EngineUnderTest first = new(store))
        {
            first.Replace(("mail", task));
            await first.StartAsync();
            store.IsQuick = false;
            Task<HealthState> poll = EngineUnderTest.PollAsync(first.Of("mail"));
            await first.Engine.WhenIdleAsync();
            store.StoreNext();
            store.Forget();
            first.Time.Advance(Gate.FailPatience);
            await poll;
        }

        store.IsQuick = true;
        store.Load().Latches.ShouldHaveSingleItem();
        store.Load().Nodes.Single(node => node.Key == "/mail#").State.ShouldBe("ok");
        await using EngineUnderTest second = new(store);
        second.Replace(("mail", task));
        await second.StartAsync();
        second.Of("mail").LastKnown().State.ShouldBe(Fail, "before anybody asks as well");
    }

    [Fact]
    public async Task But_not_in_a_component_of_another_name_that_began_anew_on_a_disk_that_was_full()
    {
        Toggle shared = new(check, reset);
        DateTimeOffset end;
        await using (EngineUnderTest first = new(store))
        {
            ReplaceSharing(first, shared, ("mail", shared));
            await first.StartAsync();
            (await EngineUnderTest.PollAsync(first.Of("mail"))).ShouldBe(Fail);
            end = first.Time.GetUtcNow();
        }

        check.Sees = Ok;
        store.RefusesWhatMayFail = true;
        // The second goes on from nothing that is so old, the third from all that the second has begun with.
        for (int i = 0; i < 2; i++)
        {
            await using EngineUnderTest next = new(store);
            next.Time.WallClock = end + HealthEngine.DefaultStateMaxAge + Second(1);
            ReplaceSharing(next, shared, ("relay", shared));
            await next.StartAsync();
            (await EngineUnderTest.PollAsync(next.Of("relay"))).ShouldBe(Ok);
        }
    }

    public ValueTask DisposeAsync() => store.DisposeAsync();

    private Task<EngineUnderTest> LatchedAsync() => LatchedAsync(new EngineUnderTest(store));

    private async Task<EngineUnderTest> LatchedAsync(EngineUnderTest test)
    {
        test.Replace(("mail", new Toggle(check, reset)));
        await test.StartAsync();
        (await EngineUnderTest.PollAsync(test.Of("mail"))).ShouldBe(Fail);
        check.Sees = Ok;
        return test;
    }

    private static void ReplaceSharing(
        EngineUnderTest test,
        HealthTask shared,
        params (string Name, HealthTask Task)[] components
    ) =>
        test.Replace(
            new Dictionary<HealthTask, string>(ReferenceEqualityComparer.Instance) { [shared] = "shared" },
            components
        );

    private async Task ShouldBeLatchedUntilItIsResetAsync(EngineUnderTest test)
    {
        (await EngineUnderTest.PollAsync(test.Of("mail"), 3)).ShouldBe("FFF");
        (await test.Engine.FireAsync(reset)).ShouldBe(FireOutcome.Armed);
        (await EngineUnderTest.PollAsync(test.Of("mail"), 3)).ShouldBe("OOO");
    }
}
