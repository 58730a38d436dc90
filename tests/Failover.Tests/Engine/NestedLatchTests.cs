namespace Failover;

/// <summary>Toggles below toggles: none moves to ok while a latch stands in its <c>toFail</c>.</summary>
public sealed class NestedLatchTests
{
    private readonly ScriptedCheck check = new() { Sees = Fail };
    private readonly ScriptedCheck other = new() { Sees = Fail };
    private readonly Oneshot reset = new();

    [Fact]
    public async Task An_inner_authorised_latch_holds_the_outer_one_whatever_its_to_ok_sees()
    {
        await using EngineUnderTest test = new();
        test.ReplaceMail(new Toggle(toFail: new Toggle(toFail: check, toOk: reset), toOk: other), reset);
        await test.StartAsync();
        (await test.PollMailAsync()).ShouldBe("F");

        check.Sees = Ok;
        other.Sees = Ok;
        (await test.PollMailAsync(5)).ShouldBe("FFFFF", "nobody has reset the inner one");
        test.Of("mail").LastKnown().IsLatched.ShouldBeTrue();

        (await test.FireMailAsync()).ShouldBe(OperationOutcome.Armed);
        (await test.PollMailAsync(3)).ShouldBe("OOO");
    }

    [Fact]
    public async Task The_outer_one_stays_after_the_inner_one_was_reset_until_its_own_to_ok_is_ok()
    {
        await using EngineUnderTest test = new();
        test.ReplaceMail(new Toggle(toFail: new Toggle(toFail: check, toOk: reset), toOk: other), reset);
        await test.StartAsync();
        (await test.PollMailAsync()).ShouldBe("F");

        check.Sees = Ok;
        (await test.FireMailAsync()).ShouldBe(OperationOutcome.Armed);
        (await test.PollMailAsync(2)).ShouldBe("FF");
        other.Sees = Ok;
        (await test.PollMailAsync()).ShouldBe("O");
    }

    [Fact]
    public async Task A_reset_of_the_outer_one_is_refused_and_names_the_inner_one()
    {
        await using EngineUnderTest test = new();
        Oneshot inner = new();
        test.ReplaceMail(new Toggle(toFail: new Hysteresis(new Toggle(check, inner)), toOk: reset), reset);
        await test.StartAsync();
        (await test.PollMailAsync()).ShouldBe("F");
        check.Sees = Ok;

        OperationResult result = await test.Engine.FireAsync(test.Of("mail"));

        result.ShouldBe(new OperationResult(OperationOutcome.HeldBelow, "/mail#to_fail.task"));
        (await test.PollMailAsync(2)).ShouldBe("FF", "nothing is armed");
        test.Of("mail").LastKnown().CanReset.ShouldBeFalse();
    }

    [Fact]
    public async Task A_latch_on_the_way_to_ok_that_is_held_below_releases_nothing_above()
    {
        await using EngineUnderTest test = new();
        ScriptedCheck third = new() { Sees = Fail };
        Toggle held = new(toFail: new Toggle(toFail: other, toOk: third), toOk: reset);
        test.ReplaceMail(new Toggle(toFail: check, toOk: held), reset);
        await test.StartAsync();
        (await test.PollMailAsync(2)).ShouldBe("FF");
        check.Sees = Ok;

        (await test.FireMailAsync()).ShouldBe(OperationOutcome.HeldBelow);
        (await test.PollMailAsync()).ShouldBe("F");
    }

    [Fact]
    public async Task A_restart_keeps_a_latch_on_the_side_that_becomes_active()
    {
        await using EngineUnderTest test = new();
        Toggle held = new(toFail: other, toOk: reset);
        test.ReplaceMail(new Toggle(toFail: check, toOk: held), reset);
        await test.StartAsync();
        (await test.PollMailAsync(2)).ShouldBe("FF", "the side that leads back is latched as well");
        check.Sees = Ok;
        (await test.FireMailAsync()).ShouldBe(OperationOutcome.Armed);
        (await test.PollMailAsync()).ShouldBe("O");

        check.Sees = Fail;
        (await test.PollMailAsync(3)).ShouldBe("FFF");
        check.Sees = Ok;
        other.Sees = Ok;
        (await test.PollMailAsync(3)).ShouldBe("FFF", "what is ok does not end that latch");
    }
}
