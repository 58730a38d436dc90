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

    private async Task ShouldBeLatchedUntilItIsResetAsync(EngineUnderTest test)
    {
        (await EngineUnderTest.PollAsync(test.Of("mail"), 3)).ShouldBe("FFF");
        (await test.Engine.FireAsync(reset)).ShouldBe(FireOutcome.Armed);
        (await EngineUnderTest.PollAsync(test.Of("mail"), 3)).ShouldBe("OOO");
    }
}
