namespace Failover;

public sealed class ComponentTests
{
    [Fact]
    public async Task At_the_response_deadline_the_last_known_state_is_the_answer_and_the_probe_continues()
    {
        await using EngineUnderTest test = new();
        ScriptedCheck check = new();
        Component component = test.Add(check, responseDeadline: Second(2));
        await test.StartAsync();
        (await EngineUnderTest.PollAsync(component)).ShouldBe(Ok);
        check.Gate = new TaskCompletionSource();
        check.Sees = Fail;

        Task<HealthState> poll = EngineUnderTest.PollAsync(component);
        test.Time.Advance(Second(1.9));
        poll.IsCompleted.ShouldBeFalse();
        test.Time.Advance(Second(0.1));
        (await poll).ShouldBe(Ok);

        check.Gate.SetResult();
        await test.Engine.WhenIdleAsync();
        component.LastKnown().State.ShouldBe(Fail);
        check.Probes.ShouldBe(2);
    }

    [Fact]
    public async Task An_evaluation_that_takes_three_times_its_longest_answers_error()
    {
        await using EngineUnderTest test = new();
        ScriptedCheck check = new() { Timeout = Second(4) };
        Component component = test.Add(check);
        Component impatient = test.Add(check, responseDeadline: Second(1));
        await test.StartAsync();
        (await EngineUnderTest.PollAsync(component)).ShouldBe(Ok);
        check.Gate = new TaskCompletionSource();

        Task<HealthState> poll = EngineUnderTest.PollAsync(component);
        test.Time.Advance(Second(11.9));
        poll.IsCompleted.ShouldBeFalse();
        test.Time.Advance(Second(0.1));
        (await poll).ShouldBe(Error);
        (await test.EventsAsync()).ShouldBe([
            new StateChange(component.Name, Ok, Error, "no result in 12s: the task hangs"),
        ]);

        (await EngineUnderTest.PollAsync(impatient)).ShouldBe(Error, "the last known state is no answer any more");
        check.Gate.SetResult();
        await test.Engine.WhenIdleAsync();
        check.Probes.ShouldBe(2);
        (await EngineUnderTest.PollAsync(component)).ShouldBe(Ok);
    }

    [Theory]
    [InlineData(null, HealthState.Fail)]
    [InlineData(HealthState.Ok, HealthState.Ok)]
    public async Task Before_the_first_result_a_background_shows_its_initial_state(
        HealthState? initial,
        HealthState shown
    )
    {
        await using EngineUnderTest test = new();
        ScriptedCheck check = new() { Gate = new TaskCompletionSource() };
        Component component = test.Add(new Background(check, Second(10), initial));
        test.Engine.Start();

        (await EngineUnderTest.PollAsync(component)).ShouldBe(shown);

        test.Time.Advance(Second(41));
        (await EngineUnderTest.PollAsync(component)).ShouldBe(Error, "and not for ever");
        check.Gate.SetResult();
    }

    [Fact]
    public async Task An_initial_state_is_no_evidence_for_the_nodes_above()
    {
        await using EngineUnderTest test = new();
        ScriptedCheck check = new() { Gate = new TaskCompletionSource() };
        Component component = test.Add(new Toggle(toFail: new Background(check, Second(10)), toOk: new Oneshot()));
        test.Engine.Start();

        (await EngineUnderTest.PollAsync(component)).ShouldBe(Ok, "the fail before the first result latches nothing");

        check.Gate.SetResult();
        await test.Engine.WhenIdleAsync();
        (await EngineUnderTest.PollAsync(component)).ShouldBe(Ok);
    }
}
