namespace Failover;

/// <summary>A task in several components: what happens to one component does not change what another one serves.</summary>
public sealed class SharedNodeTests
{
    private readonly ScriptedCheck check = new() { Sees = Fail };
    private readonly Oneshot reset = new();

    [Fact]
    public async Task A_reset_does_not_change_a_component_that_serves_the_task_below_alone()
    {
        await using EngineUnderTest test = new();
        Hysteresis shared = new(check, failAfter: Count(2));
        test.ReplaceNamed([(shared, "r")], ("mail1", new Toggle(shared, reset), reset), ("mail1-live", shared, null));
        await test.StartAsync();
        (await EngineUnderTest.PollAsync(test.Of("mail1"), 2)).ShouldBe("OF");
        (await EngineUnderTest.PollAsync(test.Of("mail1-live"))).ShouldBe(Fail);

        (await test.FireAsync(test.Of("mail1"))).ShouldBe(OperationOutcome.Armed);

        test.Of("mail1").LastKnown().State.ShouldBe(Ok);
        test.Of("mail1-live").LastKnown().State.ShouldBe(Fail);
        (await EngineUnderTest.PollAsync(test.Of("mail1-live"))).ShouldBe(Fail);
        (await EngineUnderTest.PollAsync(test.Of("mail1"))).ShouldBe(
            Fail,
            "what it shares still fails: it latches again"
        );
    }

    [Fact]
    public async Task In_the_background_it_latches_again_at_the_next_turn_and_not_before()
    {
        await using EngineUnderTest test = new();
        Background shared = new(new Hysteresis(check, failAfter: Count(2)), Second(10));
        test.ReplaceNamed([(shared, "r")], ("mail1", new Toggle(shared, reset), reset), ("mail1-live", shared, null));
        await test.StartAsync();
        await test.AdvanceAsync(Second(10));
        (await EngineUnderTest.PollAsync(test.Of("mail1"))).ShouldBe(Fail);

        (await test.FireAsync(test.Of("mail1"))).ShouldBe(OperationOutcome.Armed);
        (await EngineUnderTest.PollAsync(test.Of("mail1"), 3)).ShouldBe("OOO");
        (await EngineUnderTest.PollAsync(test.Of("mail1-live"))).ShouldBe(Fail);

        await test.AdvanceAsync(Second(10));
        (await EngineUnderTest.PollAsync(test.Of("mail1"))).ShouldBe(Fail);
    }

    [Fact]
    public async Task A_shared_oneshot_is_fired_for_the_component_that_was_posted()
    {
        await using EngineUnderTest test = new();
        ScriptedCheck healthy = new() { Name = "healthy" };
        test.ReplaceNamed(
            [(reset, "reset")],
            ("a", new Toggle(healthy, reset), reset),
            ("b", new Toggle(check, reset), reset)
        );
        await test.StartAsync();
        (await EngineUnderTest.PollAsync(test.Of("a"))).ShouldBe(Ok);
        (await EngineUnderTest.PollAsync(test.Of("b"))).ShouldBe(Fail);

        (await test.FireAsync(test.Of("a"))).ShouldBe(OperationOutcome.NothingToReset, "a is ok");

        (await EngineUnderTest.PollAsync(test.Of("b"), 2)).ShouldBe("FF");
        (await test.FireAsync(test.Of("b"))).ShouldBe(OperationOutcome.Armed);
        test.Of("b").LastKnown().State.ShouldBe(Ok);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(0)]
    public void A_way_back_that_a_fire_cannot_make_ok_is_refused(int seconds)
    {
        Threshold okAfter = seconds == 0 ? Count(2) : Second(seconds);

        Should
            .Throw<ArgumentException>(() => new Toggle(check, new Hysteresis(reset, okAfter: okAfter)))
            .Message.ShouldContain("never becomes ok, fired once or not");
    }

    [Fact]
    public async Task A_way_back_that_one_fire_makes_ok_is_taken()
    {
        await using EngineUnderTest test = new();
        test.ReplaceMail(new Toggle(check, new Hysteresis(new Hysteresis(reset), okAfter: Count(1))), reset);
        await test.StartAsync();
        (await test.PollMailAsync()).ShouldBe("F");
        check.Sees = Ok;

        (await test.FireMailAsync()).ShouldBe(OperationOutcome.Armed);
        (await test.PollMailAsync()).ShouldBe("O");
    }
}
