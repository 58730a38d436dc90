namespace Failover;

/// <summary>A transition says when the evidence for it began, and with what.</summary>
public sealed class TransitionEvidenceTests : IAsyncDisposable
{
    private readonly ScriptedStore store = new();
    private readonly ScriptedCheck check = new() { Sees = Fail };
    private readonly EngineUnderTest test;
    private readonly DateTimeOffset start;

    public TransitionEvidenceTests()
    {
        test = new(store);
        start = test.Time.GetUtcNow();
    }

    public ValueTask DisposeAsync() => test.DisposeAsync();

    [Fact]
    public async Task A_latch_names_the_first_of_the_failures_that_made_it()
    {
        test.Add(new Toggle(toFail: Every10Seconds(new Hysteresis(check, failAfter: 3)), toOk: new Oneshot()));
        await SeesAsync("refused", "timed out", "unreachable");

        StoredTransition moved = Transitions().ShouldHaveSingleItem();
        (moved.At, moved.To, moved.Reason).ShouldBe((start + Second(20), Fail, "latched: unreachable"));
        moved.First.ShouldBe(new(start, "refused"));
    }

    [Fact]
    public async Task An_agreeing_observation_begins_it_anew()
    {
        test.Add(Every10Seconds(new Hysteresis(check, failAfter: 2)));
        await SeesAsync("first");
        check.Sees = Ok;
        await SeesAsync("up");
        check.Sees = Fail;
        await SeesAsync("second", "third");

        Transitions().ShouldHaveSingleItem().First.ShouldBe(new(start + Second(20), "second"));
    }

    [Fact]
    public async Task Of_nested_hysteresis_it_is_the_first_of_the_inner_one()
    {
        test.Add(Every10Seconds(new Hysteresis(new Hysteresis(check, failAfter: 2), failAfter: 2)));
        await SeesAsync("first", "second", "third");

        Transitions().ShouldHaveSingleItem().First.ShouldBe(new(start, "first"));
    }

    [Fact]
    public async Task A_run_of_errors_has_a_first_one_too_and_the_return_from_it_none()
    {
        test.Add(Every10Seconds(new Hysteresis(check, errorAfter: 2)));
        check.Sees = HealthState.Error;
        await SeesAsync("no descriptors", "no ports");
        check.Sees = Ok;
        await SeesAsync("up");

        Transitions()
            .Select(moved => (moved.To, moved.First))
            .ShouldBe([(HealthState.Error, new(start, "no descriptors")), (Ok, null)]);
    }

    [Fact]
    public async Task Without_a_hysteresis_there_is_none()
    {
        test.Add(new Background(check, Second(10), initialState: Ok));
        await SeesAsync("refused");

        Transitions().ShouldHaveSingleItem().First.ShouldBeNull();
    }

    private static Background Every10Seconds(HealthTask task) => new(task, Second(10));

    /// <summary>A turn for each reason, 10 s apart.</summary>
    private async Task SeesAsync(params string[] reasons)
    {
        foreach (string reason in reasons)
        {
            check.Reason = reason;
            if (check.Probes == 0)
            {
                await test.StartAsync();
            }
            else
            {
                await test.AdvanceAsync(Second(10));
            }
        }
    }

    private IEnumerable<StoredTransition> Transitions() => store.Written.SelectMany(write => write.Transitions);
}
