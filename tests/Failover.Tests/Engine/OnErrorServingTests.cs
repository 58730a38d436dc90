namespace Failover;

/// <summary>How an error is served: as an error, as a fail, or as the last definite state for a limited time.</summary>
public sealed class OnErrorServingTests : IAsyncDisposable
{
    private static readonly ErrorHandling AsFail = ErrorHandling.Of(OnError.Fail, null);
    private static readonly ErrorHandling Held = ErrorHandling.Of(OnError.Hold, Minute(1));

    private readonly ScriptedStore store = new();
    private readonly ScriptedCheck check = new();

    [Fact]
    public async Task An_error_is_held_for_its_time_counted_from_the_first_of_a_run()
    {
        await using EngineUnderTest test = await StartedAsync(check, Held);
        (await test.PollMailAsync()).ShouldBe("O");

        check.Sees = Error;
        (await test.PollMailAsync()).ShouldBe("O");
        test.Time.Advance(Second(40));
        (await test.PollMailAsync()).ShouldBe("O");
        test.Of("mail").LastKnown().HandledError.ShouldBe("scripted");
        test.Time.Advance(Second(20));
        test.Of("mail").LastKnown().State.ShouldBe(Ok, "the bound is reached, not exceeded");
        test.Time.Advance(TimeSpan.FromMilliseconds(1));
        test.Of("mail").LastKnown().State.ShouldBe(Error);
        (await test.PollMailAsync()).ShouldBe("E");

        check.Sees = Fail;
        (await test.PollMailAsync()).ShouldBe("F");
        check.Sees = Error;
        (await test.PollMailAsync()).ShouldBe("F", "a new run of errors after a definite state");
    }

    [Fact]
    public async Task An_error_is_served_as_a_fail()
    {
        await using EngineUnderTest test = await StartedAsync(check, AsFail);
        (await test.PollMailAsync()).ShouldBe("O");

        check.Sees = Error;
        (await test.PollMailAsync()).ShouldBe("F");
        test.Of("mail").LastKnown().Reason.ShouldBe("error served as fail: scripted");
        check.Sees = Ok;
        (await test.PollMailAsync()).ShouldBe("O");
    }

    [Fact]
    public async Task What_grows_too_old_is_held_from_that_moment_on_and_then_an_error()
    {
        await using EngineUnderTest test = await StartedAsync(
            new Background(check, Second(10), staleAfter: Second(30)),
            Held
        );
        check.Gate = new TaskCompletionSource();
        Component mail = test.Of("mail");
        test.Time.Advance(Second(31));
        mail.LastKnown().HandledError.ShouldNotBeNull();
        test.Time.Advance(Second(59));
        mail.LastKnown().State.ShouldBe(Ok);
        test.Time.Advance(Second(1));
        mail.LastKnown().State.ShouldBe(Error);
        check.Gate.SetResult();
    }

    [Fact]
    public async Task A_task_that_hangs_is_an_error_as_well()
    {
        await using EngineUnderTest test = await StartedAsync(check, AsFail);
        check.Gate = new TaskCompletionSource();

        ValueTask<Snapshot> asked = test.Of("mail").AnswerAsync();
        test.Time.Advance(Second(30));

        (await asked).State.ShouldBe(Fail);
        check.Gate.SetResult();
    }

    [Fact]
    public async Task At_a_response_deadline_an_ok_that_is_too_old_is_handled_as_well()
    {
        await using EngineUnderTest test = await StartedAsync(check, Held, deadline: Second(1));
        (await test.PollMailAsync()).ShouldBe("O");
        check.Gate = new TaskCompletionSource();
        test.Time.Advance(Second(31));

        ValueTask<Snapshot> asked = test.Of("mail").AnswerAsync();
        test.Time.Advance(Second(1));

        Snapshot answer = await asked;
        (answer.State, answer.HandledError).ShouldBe((Ok, "no result in 32s"));
        check.Gate.SetResult();
    }

    [Fact]
    public async Task A_latch_is_no_error()
    {
        Oneshot reset = new(auth: new HtpasswdFile("/users"));
        await using EngineUnderTest test = new();
        test.Engine.Replace(
            [new("mail", new Toggle(check, reset), reset.Fire, OnError: ErrorHandling.Of(OnError.Hold, Second(1)))],
            Graph.NoNames
        );
        await test.StartAsync();
        check.Sees = Fail;
        (await test.PollMailAsync()).ShouldBe("F");
        test.Time.Advance(Minute(10));
        test.Of("mail").LastKnown().State.ShouldBe(Fail);
    }

    [Fact]
    public async Task Another_handling_is_in_force_at_once_and_another_task_is_not()
    {
        await using EngineUnderTest test = await StartedAsync(check, AsFail);
        (await test.PollMailAsync()).ShouldBe("O");
        check.Sees = Error;
        (await test.PollMailAsync()).ShouldBe("F");

        Replace(test, check, onError: null);
        test.Of("mail").LastKnown().State.ShouldBe(Error);
        Replace(test, check, AsFail);
        test.Of("mail").LastKnown().State.ShouldBe(Fail);
        Replace(test, new Hysteresis(new ScriptedCheck { Name = "other", Sees = Error }), onError: null);
        test.Of("mail").LastKnown().State.ShouldBe(Fail, "what was served is carried over");
    }

    [Fact]
    public async Task What_was_served_for_an_error_is_served_after_a_restart()
    {
        await using (EngineUnderTest test = new(store))
        {
            Replace(test, check, AsFail);
            await test.StartAsync();
            (await test.PollMailAsync()).ShouldBe("O");
            check.Sees = Error;
            (await test.PollMailAsync()).ShouldBe("F");
        }

        await using EngineUnderTest next = new(store);
        Replace(next, check, AsFail);
        await next.StartAsync();
        next.Of("mail").LastKnown().State.ShouldBe(Fail);
    }

    public ValueTask DisposeAsync() => store.DisposeAsync();

    private static async Task<EngineUnderTest> StartedAsync(
        HealthTask task,
        ErrorHandling onError,
        TimeSpan? deadline = null
    )
    {
        EngineUnderTest test = new();
        test.Engine.Replace([new("mail", task, ResponseDeadline: deadline, OnError: onError)], Graph.NoNames);
        await test.StartAsync();
        return test;
    }

    private static void Replace(EngineUnderTest test, HealthTask task, ErrorHandling? onError) =>
        test.Engine.Replace([new("mail", task, OnError: onError)], Graph.NoNames);
}
