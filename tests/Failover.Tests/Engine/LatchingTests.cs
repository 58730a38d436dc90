namespace Failover;

/// <summary>A latch stays latched whatever becomes of its description.</summary>
public sealed class LatchingTests : IAsyncDisposable
{
    private readonly ScriptedStore store = new();
    private readonly ScriptedCheck check = new() { Sees = Fail };
    private readonly Oneshot reset = new();

    [Fact]
    public async Task Under_another_threshold()
    {
        await using EngineUnderTest test = await LatchedAsync();
        test.ReplaceMail(new Toggle(new Hysteresis(check, failAfter: Count(7)), reset), reset);
        await ShouldBeLatchedUntilItIsResetAsync(test);
    }

    [Fact]
    public async Task Deeper_in_the_tree()
    {
        await using EngineUnderTest test = await LatchedAsync();
        test.ReplaceMail(new Background(new Toggle(check, reset), Second(10)), reset);
        (await test.PollMailAsync()).ShouldBe("F", "before the first turn as well");
        await test.Engine.WhenIdleAsync();
        await ShouldBeLatchedUntilItIsResetAsync(test);
        store.StoredLatches().ShouldBeEmpty();
    }

    [Fact]
    public async Task For_whoever_waits_for_a_probe_of_before()
    {
        await using EngineUnderTest test = new(store);
        ScriptedCheck other = new() { Sees = Fail };
        test.ReplaceMail(new Toggle(check, reset), reset);
        await test.StartAsync();
        (await test.PollMailAsync()).ShouldBe("F");
        test.ReplaceMail(new Toggle(check, other));
        (await test.PollMailAsync()).ShouldBe("F");

        other.Sees = Ok;
        other.Gate = new TaskCompletionSource();
        Task<string> poll = test.PollMailAsync();
        test.ReplaceMail(new Toggle(new Hysteresis(check), reset), reset);
        other.Gate.SetResult();
        (await poll).ShouldBe("F");
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
        test.ReplaceMail(new Toggle(check, reset), reset);
        await ShouldBeLatchedUntilItIsResetAsync(test);
    }

    [Fact]
    public async Task Without_a_toggle_it_is_a_fail_until_one_is_back()
    {
        await using EngineUnderTest test = await LatchedAsync();
        test.Replace(("mail", check));
        (await test.PollMailAsync(3)).ShouldBe("FFF");
        (await test.Of("mail").AnswerAsync()).Reason.ShouldStartWith("latched by a toggle that was removed: ");

        test.ReplaceMail(new Toggle(check, reset), reset);
        await ShouldBeLatchedUntilItIsResetAsync(test);
        test.Replace(("mail", check));
        (await test.PollMailAsync()).ShouldBe("O");
    }

    [Fact]
    public async Task In_a_store_that_keeps_nothing_too()
    {
        await using EngineUnderTest test = await LatchedAsync(new EngineUnderTest());
        test.Replace();
        test.ReplaceMail(new Toggle(check, reset), reset);
        await ShouldBeLatchedUntilItIsResetAsync(test);
    }

    [Fact]
    public async Task Of_two_toggles_each_has_a_latch_of_its_own()
    {
        Oneshot other = new();
        await using EngineUnderTest test = new(store);
        test.ReplaceMail(new Toggle(toFail: new Toggle(new Hysteresis(check), other), toOk: reset), reset);
        await test.StartAsync();
        (await test.PollMailAsync()).ShouldBe("F");
        store.StoredLatches().Select(latch => latch.Key).ShouldBe(["/mail#", "/mail#to_fail"], ignoreOrder: true);
    }

    [Fact]
    public async Task A_shared_toggle_is_one_latch_of_all_its_components()
    {
        await using EngineUnderTest test = new(store);
        Toggle shared = new(check, reset);
        test.Replace(("a", shared), ("b", shared));
        await test.StartAsync();
        (await EngineUnderTest.PollAsync(test.Of("a"))).ShouldBe(Fail);
        store.StoredLatches().ShouldHaveSingleItem().Components.ShouldBe(["a", "b"]);

        test.Replace(("b", new Toggle(check, new Oneshot())));
        check.Sees = Ok;
        (await EngineUnderTest.PollAsync(test.Of("b"), 2)).ShouldBe("FF");
    }

    [Fact]
    public async Task A_shared_latch_is_known_to_new_nodes_above_it()
    {
        await using EngineUnderTest test = new();
        Toggle shared = new(new Background(check, Minute(1)), reset);
        ReplaceSharing(test, shared, ("a", shared), ("b", new Hysteresis(shared)));
        await test.StartAsync();
        (await EngineUnderTest.PollAsync(test.Of("b"))).ShouldBe(Fail);

        test.Time.Advance(Second(1));
        ReplaceSharing(test, shared, ("b", new Hysteresis(shared, okAfter: Count(2))), ("c", new Hysteresis(shared)));
        (await EngineUnderTest.PollAsync(test.Of("b"))).ShouldBe(Fail);
        (await EngineUnderTest.PollAsync(test.Of("c"))).ShouldBe(Fail, "before the next probe as well");
        test.Time.Advance(Second(1));
        ReplaceSharing(test, shared, ("d", new Hysteresis(shared)));
        (await EngineUnderTest.PollAsync(test.Of("d"))).ShouldBe(Fail, "though it was never latched itself");
    }

    [Fact]
    public async Task A_shared_latch_is_served_by_a_component_that_had_another_task()
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
    public async Task Below_a_hysteresis_the_latch_alone_makes_the_component_fail_in_the_next_process()
    {
        HealthTask task = new Hysteresis(new Toggle(check, reset), failAfter: Count(3));
        await using (EngineUnderTest first = new(store))
        {
            first.ReplaceMail(task, reset);
            await first.StartAsync();
            (await first.PollMailAsync()).ShouldBe("F");
        }

        store.Load().Nodes.Single(node => node.Key == "/mail#").State.ShouldBe("ok");
        await using EngineUnderTest second = new(store);
        second.ReplaceMail(task, reset);
        await second.StartAsync();
        second.Of("mail").LastKnown().State.ShouldBe(Fail, "before anybody asks as well");
    }

    [Fact]
    public async Task But_not_in_a_component_of_another_name()
    {
        DateTimeOffset end;
        await using (EngineUnderTest first = await LatchedAsync())
        {
            end = first.Time.GetUtcNow();
        }

        for (int i = 0; i < 2; i++)
        {
            await using EngineUnderTest next = new(store);
            next.Time.WallClock = end + HealthEngine.DefaultStateMaxAge + Second(1);
            next.Replace(("relay", new Toggle(check, reset)));
            await next.StartAsync();
            (await EngineUnderTest.PollAsync(next.Of("relay"))).ShouldBe(Ok);
        }

        store
            .StoredLatches()
            .ShouldHaveSingleItem()
            .Components.ShouldBe(["mail"], "it is given back with its component");
    }

    public ValueTask DisposeAsync() => store.DisposeAsync();

    private Task<EngineUnderTest> LatchedAsync() => LatchedAsync(new EngineUnderTest(store));

    private async Task<EngineUnderTest> LatchedAsync(EngineUnderTest test)
    {
        test.ReplaceMail(new Toggle(check, reset), reset);
        await test.StartAsync();
        (await test.PollMailAsync()).ShouldBe("F");
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

    private static async Task ShouldBeLatchedUntilItIsResetAsync(EngineUnderTest test)
    {
        (await test.PollMailAsync(3)).ShouldBe("FFF");
        (await test.FireMailAsync()).ShouldBe(OperationOutcome.Armed);
        (await test.PollMailAsync(3)).ShouldBe("OOO");
    }
}
