namespace Failover;

/// <summary>What is served while writes and proposals are on their way to the store.</summary>
public sealed class CommitTests : IAsyncDisposable
{
    private static readonly TimeSpan PublishPatience = Second(0.25);
    private static readonly TimeSpan ProposalPatience = Second(5);

    private readonly ScriptedStore store = new();
    private readonly ScriptedCheck check = new();
    private readonly Oneshot reset = new();

    [Fact]
    public async Task The_fail_of_an_authorised_latch_is_published_when_it_is_stored()
    {
        await using EngineUnderTest test = new(store);
        Component component = await StartLoopAsync(test);
        store.Holds = true;

        check.Sees = Fail;
        await test.AdvanceAsync(Second(10));
        (await EngineUnderTest.PollAsync(component)).ShouldBe(Ok, "not stored");

        store.StoreNext();
        (await EngineUnderTest.PollAsync(component)).ShouldBe(Fail);
        store.Written[^1].Latches.ShouldHaveSingleItem().Components.ShouldBe(["component-0"]);
        store.Written[^1].Transitions.ShouldHaveSingleItem().To.ShouldBe(Fail);
    }

    [Fact]
    public async Task It_is_published_after_250_ms_whether_it_is_stored_or_not()
    {
        await using EngineUnderTest test = new(store);
        Component component = await StartLoopAsync(test);
        store.Holds = true;

        check.Sees = Fail;
        await test.AdvanceAsync(Second(10));
        test.Time.Advance(Second(0.249));
        (await EngineUnderTest.PollAsync(component)).ShouldBe(Ok);
        test.Time.Advance(Second(0.001));
        (await EngineUnderTest.PollAsync(component)).ShouldBe(Fail);
    }

    [Fact]
    public async Task A_request_that_latches_waits_for_the_store_no_longer_than_250_ms()
    {
        await using EngineUnderTest test = new(store);
        Component component = test.Add(new Toggle(check, reset), onPost: reset);
        await test.StartAsync();
        (await EngineUnderTest.PollAsync(component)).ShouldBe(Ok);
        store.Holds = true;

        check.Sees = Fail;
        Task<HealthState> poll = EngineUnderTest.PollAsync(component);
        await test.Engine.WhenIdleAsync();
        poll.IsCompleted.ShouldBeFalse();
        test.Time.Advance(PublishPatience);
        (await poll).ShouldBe(Fail);
    }

    [Fact]
    public async Task Any_other_move_is_published_at_once()
    {
        await using EngineUnderTest test = new(store);
        Component judged = test.Add(new Hysteresis(check));
        Component toggled = test.Add(new Toggle(check, new ScriptedCheck()));
        await test.StartAsync();
        (await EngineUnderTest.PollAsync(judged)).ShouldBe(Ok);
        (await EngineUnderTest.PollAsync(toggled)).ShouldBe(Ok);
        store.Holds = true;

        check.Sees = Fail;
        (await EngineUnderTest.PollAsync(judged)).ShouldBe(Fail);
        (await EngineUnderTest.PollAsync(toggled)).ShouldBe(Fail);
        (await EngineUnderTest.PollAsync(toggled)).ShouldBe(Ok, "evidence alone leads back, and waits for no store");
    }

    [Fact]
    public async Task A_reset_is_answered_and_in_force_when_it_is_committed()
    {
        await using EngineUnderTest test = new(store);
        Component component = await StartLatchedAsync(test);

        Task<OperationResult> fire = test.Engine.FireAsync(
            component,
            new PostAudit("component-0", "alice", "::1", "Armed")
        );
        fire.IsCompleted.ShouldBeFalse();
        (await EngineUnderTest.PollAsync(component)).ShouldBe(Fail, "not committed yet");

        store.StoreNext();
        (await fire).Outcome.ShouldBe(OperationOutcome.Armed);
        (await EngineUnderTest.PollAsync(component)).ShouldBe(Ok);
        StateProposal proposal = store.Committed.ShouldHaveSingleItem();
        proposal.Releases.ShouldHaveSingleItem().After.Key.ShouldBe("/component-0#");
        proposal.Post.ShouldNotBeNull().User.ShouldBe("alice");
    }

    [Fact]
    public async Task A_refused_reset_leaves_the_latch_and_the_next_one_counts()
    {
        await using EngineUnderTest test = new(store);
        Component component = await StartLatchedAsync(test);

        Task<OperationOutcome> fire = test.FireAsync(component);
        store.RefuseNext();
        (await fire).ShouldBe(OperationOutcome.NotStored);
        (await EngineUnderTest.PollAsync(component)).ShouldBe(Fail);
        store.Holds = false;
        await test.AdvanceAsync(Second(60), step: Second(10));
        (await EngineUnderTest.PollAsync(component)).ShouldBe(Fail, "nothing is armed");

        (await test.FireAsync(component)).ShouldBe(OperationOutcome.Armed);
        (await EngineUnderTest.PollAsync(component)).ShouldBe(Ok);
    }

    [Fact]
    public async Task Of_a_latch_that_is_being_reset_nothing_else_is_to_be_reset()
    {
        await using EngineUnderTest test = new(store);
        Component component = await StartLatchedAsync(test);

        Task<OperationOutcome> fire = test.FireAsync(component);
        (await test.FireAsync(component)).ShouldBe(OperationOutcome.NothingToReset);
        store.StoreNext();
        (await fire).ShouldBe(OperationOutcome.Armed);
    }

    [Fact]
    public async Task A_reset_that_is_committed_after_5_s_is_latched_again_and_never_served()
    {
        await using EngineUnderTest test = new(store);
        Component component = await StartLatchedAsync(test);
        string before = store.StoredLatches().Single().Id;

        Task<OperationOutcome> fire = test.FireAsync(component);
        test.Time.Advance(Second(4.99));
        fire.IsCompleted.ShouldBeFalse();
        test.Time.Advance(Second(0.01));
        (await fire).ShouldBe(OperationOutcome.NotStored);
        store.Withdrawn.ShouldHaveSingleItem();

        store.StoreNext();
        store.StoredLatches().ShouldBeEmpty("it was too late to withdraw it");
        (await EngineUnderTest.PollAsync(component)).ShouldBe(Fail);
        store.StoreAll();
        store.StoredLatches().ShouldHaveSingleItem().Id.ShouldNotBe(before);
        (await EngineUnderTest.PollAsync(component)).ShouldBe(Fail);

        store.Holds = false;
        (await test.FireAsync(component)).ShouldBe(OperationOutcome.Armed);
        (await EngineUnderTest.PollAsync(component)).ShouldBe(Ok);
    }

    [Fact]
    public async Task A_reset_that_is_withdrawn_in_time_leaves_the_latch_as_it_is()
    {
        await using EngineUnderTest test = new(store);
        Component component = await StartLatchedAsync(test);
        StoredLatch before = store.StoredLatches().Single();
        store.CanWithdraw = true;

        Task<OperationOutcome> fire = test.FireAsync(component);
        test.Time.Advance(ProposalPatience);
        (await fire).ShouldBe(OperationOutcome.NotStored);

        store.StoreAll();
        store.StoredLatches().ShouldBe([before]);
        (await EngineUnderTest.PollAsync(component)).ShouldBe(Fail);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_reset_of_which_nobody_can_tell_whether_it_is_stored_is_latched_again(bool isStored)
    {
        await using EngineUnderTest test = new(store);
        Component component = await StartLatchedAsync(test);
        string before = store.StoredLatches().Single().Id;

        Task<OperationOutcome> fire = test.FireAsync(component);
        store.LoseTrackOfNext(isStored);
        (await fire).ShouldBe(OperationOutcome.NotStored);
        (await EngineUnderTest.PollAsync(component)).ShouldBe(Fail);

        store.StoreAll();
        store.StoredLatches().ShouldHaveSingleItem().Id.ShouldNotBe(before);
        store.Holds = false;
        (await test.FireAsync(component)).ShouldBe(OperationOutcome.Armed);
        (await EngineUnderTest.PollAsync(component)).ShouldBe(Ok);
    }

    [Fact]
    public async Task A_latch_that_is_not_stored_yet_is_reset_once_it_is()
    {
        await using EngineUnderTest test = new(store);
        Component component = await StartLoopAsync(test);
        store.Holds = true;
        check.Sees = Fail;
        await test.AdvanceAsync(Second(10));
        await test.AdvanceAsync(PublishPatience);
        (await EngineUnderTest.PollAsync(component)).ShouldBe(Fail);

        Task<OperationOutcome> fire = test.FireAsync(component);
        store.HeldProposals.ShouldBe(0, "there is nothing to compare with");
        store.StoreAll();
        (await fire).ShouldBe(OperationOutcome.Armed);
        (await EngineUnderTest.PollAsync(component)).ShouldBe(Ok);
        store.StoredLatches().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_store_that_hangs_holds_up_nobody_who_reads()
    {
        await using EngineUnderTest test = new(store);
        Component latched = await StartLatchedAsync(test);
        Task<OperationOutcome> fire = test.FireAsync(latched);

        for (int i = 0; i < 1000; i++)
        {
            ValueTask<Snapshot> answer = latched.AnswerAsync();
            answer.IsCompletedSuccessfully.ShouldBeTrue();
            (await answer).State.ShouldBe(Fail);
        }

        fire.IsCompleted.ShouldBeFalse();
        store.StoreNext();
        (await fire).ShouldBe(OperationOutcome.Armed);
    }

    [Fact]
    public async Task A_fail_is_published_although_a_reset_below_hangs()
    {
        await using EngineUnderTest test = new(store);
        ScriptedCheck other = new();
        Component component = await StartLatchedAsync(test);
        Component beside = test.Add(new Hysteresis(other), name: "beside");
        Task<OperationOutcome> fire = test.FireAsync(component);

        other.Sees = Fail;
        (await EngineUnderTest.PollAsync(beside)).ShouldBe(Fail);
        fire.IsCompleted.ShouldBeFalse();
        test.Time.Advance(ProposalPatience);
        (await fire).ShouldBe(OperationOutcome.NotStored);
    }

    [Fact]
    public async Task A_shared_latch_is_published_to_all_its_components_when_it_is_stored()
    {
        await using EngineUnderTest test = new(store);
        Toggle shared = new(new Background(check, Second(10)), reset);
        Component one = test.Add(shared, onPost: reset);
        Component other = test.Add(new Hysteresis(shared, failAfter: Count(3)), onPost: reset);
        await test.StartAsync();
        store.Holds = true;

        check.Sees = Fail;
        await test.AdvanceAsync(Second(10));
        (one.LastKnown().State, other.LastKnown().State).ShouldBe((Ok, Ok));
        store.StoreNext();
        (one.LastKnown().State, other.LastKnown().State).ShouldBe((Fail, Fail));
    }

    [Fact]
    public async Task An_engine_ends_although_its_store_hangs()
    {
        EngineUnderTest test = new(store);
        Component component = await StartLatchedAsync(test);
        Task<OperationOutcome> fire = test.FireAsync(component);

        store.HangsAtEnd = true;
        CancellationToken cancelled = TestContext.Current.CancellationToken;
        await test.DisposeAsync().AsTask().WaitAsync(Second(30), TimeProvider.System, cancelled);
        (await fire).ShouldBe(OperationOutcome.NotStored);
    }

    [Fact]
    public async Task A_store_that_throws_against_its_contract_loses_no_observation_and_no_latch()
    {
        await using EngineUnderTest test = new(store);
        Component component = await StartLoopAsync(test);
        store.Throws = new InvalidOperationException("a bug");

        check.Sees = Fail;
        await test.AdvanceAsync(Second(10));
        await test.AdvanceAsync(PublishPatience);
        (await EngineUnderTest.PollAsync(component)).ShouldBe(Fail);

        check.Sees = Ok;
        Task<OperationOutcome> fire = test.FireAsync(component);
        await test.AdvanceAsync(ProposalPatience);
        (await fire).ShouldBe(OperationOutcome.NotStored);
        await test.AdvanceAsync(Second(100), step: Second(10));
        (await EngineUnderTest.PollAsync(component)).ShouldBe(Fail, "nobody is known to have reset it");
    }

    public ValueTask DisposeAsync() => store.DisposeAsync();

    private async Task<Component> StartLoopAsync(EngineUnderTest test)
    {
        Component component = test.Add(
            new Toggle(toFail: new Background(check, Second(10)), toOk: reset),
            onPost: reset
        );
        await test.StartAsync();
        (await EngineUnderTest.PollAsync(component)).ShouldBe(Ok);
        return component;
    }

    // Latched and stored, the target is up again, and the store holds what comes.
    private async Task<Component> StartLatchedAsync(EngineUnderTest test)
    {
        Component component = await StartLoopAsync(test);
        check.Sees = Fail;
        await test.AdvanceAsync(Second(10));
        (await EngineUnderTest.PollAsync(component)).ShouldBe(Fail);
        check.Sees = Ok;
        await test.AdvanceAsync(Second(10));
        store.Holds = true;
        return component;
    }
}
