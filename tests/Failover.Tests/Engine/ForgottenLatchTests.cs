namespace Failover;

/// <summary>Latches that no POST can end any longer, and the way out of them.</summary>
public sealed class ForgottenLatchTests
{
    private readonly ScriptedCheck check = new() { Sees = Fail };
    private readonly Oneshot reset = new();

    [Fact]
    public async Task A_latch_whose_description_offers_no_way_out_can_be_forgotten()
    {
        await using EngineUnderTest test = new();
        await StartLatchedAsync(test);
        test.ReplaceMail(new Background(new ScriptedCheck(), Second(10)));
        await test.Engine.WhenIdleAsync();
        (await test.PollMailAsync()).ShouldBe("F");

        (await ForgetAsync(test)).ShouldBe(OperationOutcome.Done);

        (await test.PollMailAsync()).ShouldBe("O");
        (await ForgetAsync(test)).ShouldBe(OperationOutcome.NothingToReset);
    }

    [Fact]
    public async Task One_that_a_POST_can_end_cannot()
    {
        await using EngineUnderTest test = new();
        await StartLatchedAsync(test);

        (await ForgetAsync(test)).ShouldBe(OperationOutcome.NothingToReset);

        (await test.PollMailAsync()).ShouldBe("F");
    }

    [Fact]
    public async Task One_that_a_POST_of_another_component_can_end_cannot()
    {
        await using EngineUnderTest test = new();
        Toggle shared = new(new Background(check, Second(10)), reset);
        test.ReplaceNamed([(shared, "shared")], ("mail", shared, reset), ("web", shared, reset));
        await test.StartAsync();
        test.ReplaceNamed([(shared, "shared")], ("mail", new ScriptedCheck(), null), ("web", shared, reset));
        (await test.PollMailAsync()).ShouldBe("F", "an edit ends no latch");

        (await ForgetAsync(test)).ShouldBe(OperationOutcome.NothingToReset);

        (await EngineUnderTest.PollAsync(test.Of("web"))).ShouldBe(Fail);
    }

    [Fact]
    public async Task One_whose_oneshot_no_POST_fires_any_longer_can()
    {
        await using EngineUnderTest test = new();
        Background web = new(new ScriptedCheck { Name = "web" }, Second(10));
        Background mail = new(check, Second(10));
        Oneshot other = new();
        HealthTask both = new All([new Toggle(mail, reset), new Toggle(web, other)]);
        test.Add(both, name: "mail", onPost: reset);
        await test.StartAsync();
        (await test.PollMailAsync()).ShouldBe("F");
        test.ReplaceMail(both, other);
        (await test.FireMailAsync()).ShouldBe(OperationOutcome.NothingToReset);
        check.Sees = Ok;

        (await ForgetAsync(test)).ShouldBe(OperationOutcome.Done);
    }

    [Fact]
    public async Task One_of_a_component_that_was_removed_can_be_forgotten()
    {
        await using EngineUnderTest test = new();
        await StartLatchedAsync(test);
        test.Replace(("web", new ScriptedCheck()));

        (await ForgetAsync(test)).ShouldBe(OperationOutcome.Done);

        test.ReplaceMail(new Toggle(new Background(new ScriptedCheck(), Second(10)), reset), reset);
        await test.Engine.WhenIdleAsync();
        (await test.PollMailAsync()).ShouldBe("O");
    }

    [Fact]
    public async Task Whoever_has_seen_another_state_forgets_nothing()
    {
        await using EngineUnderTest test = new();
        string before = test.Engine.EpochOf("mail");
        await StartLatchedAsync(test);
        test.ReplaceMail(new Background(new ScriptedCheck(), Second(10)));

        (await test.Engine.ForgetAsync("mail", before, Audit())).Outcome.ShouldBe(OperationOutcome.Outdated);
    }

    private async Task StartLatchedAsync(EngineUnderTest test)
    {
        test.Add(new Toggle(new Background(check, Second(10)), reset), name: "mail", onPost: reset);
        await test.StartAsync();
        (await test.PollMailAsync()).ShouldBe("F");
    }

    private static async Task<OperationOutcome> ForgetAsync(EngineUnderTest test) =>
        (await test.Engine.ForgetAsync("mail", epoch: null, Audit())).Outcome;

    private static PostAudit Audit() => new("mail", "alice", "192.0.2.9", "forget");
}
