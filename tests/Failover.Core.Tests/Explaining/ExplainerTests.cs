using System.Collections.Immutable;

namespace Failover;

public sealed class ExplainerTests
{
    private sealed record Nobody : Authentication
    {
        public override string ToString() => "nobody";
    }

    private static readonly ProbeStub Target = new("tcp(mail:25)");

    [Fact]
    public void A_streak_of_failures_is_reported_with_what_is_missing_and_when_that_can_come_at_the_earliest()
    {
        TinyEngine engine = Running(
            new Hysteresis(new Background(Target, Second(20)), failAfter: Count(5)),
            out var root
        );
        Look(engine, Second(20), Ok, Fail, Fail, Fail);
        engine.Wait(Second(-11));

        Told(root, engine)
            .ShouldBe(
                """
                hysteresis(ok after 1, fail after 5): ok
                  rests on: 3 failures in a row over 40s
                  will be: fail after 2 more failures, at the earliest in 30s
                  background(every 20s): fail
                    rests on: newest result 9s old
                    will be: next probe in 10s; stale in 1m1s
                    tcp(mail:25): fail
                      rests on: probed 9s ago, for 1ms
                """
            );
    }

    [Fact]
    public void A_forecast_is_there_in_figures_as_well()
    {
        TinyEngine engine = Running(
            new Hysteresis(new Background(Target, Second(20)), failAfter: Count(5), errorAfter: Count(2)),
            out HealthTask root
        );
        Look(engine, Second(20), Ok, Fail, Fail, Fail);
        engine.Wait(Second(-11));

        Explanation told = Explainer.Explain(root, engine.View, engine.Now);

        told.Outlook.ShouldBe(
            "fail after 2 more failures, at the earliest in 30s; error after 2 errors in a row, at the earliest in 30s"
        );
        told.Forecasts.Select(one => (one.State, one.Seen, one.Remaining, one.EarliestIn))
            .ShouldBe([(Fail, 3, 2, Second(30.999)), (Error, 0, 2, Second(30.999))]);
        told.Children.Single().Forecasts.ShouldBeEmpty();
    }

    [Fact]
    public void Nodes_below_a_loop_have_its_schedule()
    {
        TinyEngine engine = Running(
            new Background(new Hysteresis(Target, failAfter: Count(2) & Minute(1)), Second(20)),
            out HealthTask root
        );
        Look(engine, Second(20), Fail);

        Told(root, engine)
            .ShouldBe(
                """
                background(every 20s): ok
                  rests on: newest result 20s old
                  will be: fail after 1 more failure, at the earliest in 40s; next probe now; stale in 50s
                  hysteresis(ok after 1, fail after 2 and 1m): ok
                    rests on: 1 failure
                    will be: fail after 1 more failure, at the earliest in 40s
                    tcp(mail:25): fail
                      rests on: probed 20s ago, for 1ms
                """
            );
    }

    [Fact]
    public void A_loop_whose_next_turn_is_known_is_not_guessed_at()
    {
        TinyEngine engine = Running(new Background(Target, Second(20)), out HealthTask root);
        Look(engine, Second(1), Ok);

        Explainer
            .Explain(root, task => engine.View(task) with { NextTurn = engine.Now + Second(7) }, engine.Now)
            .Outlook.ShouldBe("next probe in 7s; stale in 1m9s");
    }

    [Fact]
    public void Before_the_first_observation_the_first_probe_is_due_and_there_is_no_evidence()
    {
        TinyEngine engine = Running(new Hysteresis(new Background(Target, Second(20))), out HealthTask root);

        Told(root, engine)
            .ShouldBe(
                """
                hysteresis(ok after 1, fail after 1): ok
                  rests on: no observation yet
                  will be: fail after 1 failure
                  background(every 20s): fail
                    rests on: no result in 0ms
                    will be: next probe now; stale in 1m10s
                    tcp(mail:25): fail
                      rests on: not probed yet
                """
            );
    }

    [Fact]
    public void Undecided_the_first_definite_observation_is_awaited()
    {
        TinyEngine engine = Running(new Hysteresis(Target, First, failAfter: Count(3)), out HealthTask root);
        Look(engine, Second(5), Error, Error);

        Told(root, engine)
            .ShouldBe(
                """
                hysteresis(ok after 1, fail after 3): error
                  rests on: 2 errors in a row over 5s
                  will be: the first definite observation decides
                  tcp(mail:25): error
                    rests on: probed 5s ago, for 1ms
                """
            );
    }

    [Fact]
    public void An_on_demand_check_has_no_schedule_and_only_durations_give_a_time()
    {
        TinyEngine engine = Running(
            new Hysteresis(Target, failAfter: Count(3), okAfter: Minute(2) | Count(9), errorAfter: Second(30)),
            out HealthTask root
        );
        Look(engine, Second(5), Ok, Fail);

        Told(root, engine)
            .ShouldBe(
                """
                hysteresis(ok after 2m or 9, fail after 3, error after 30s): ok
                  rests on: 1 failure
                  will be: fail after 2 more failures; error after 2 errors in a row, at the earliest in 30s
                  tcp(mail:25): fail
                    rests on: probed 5s ago, for 1ms
                """
            );

        Look(engine, Second(5), Fail, Fail, Ok, Error, Error);

        Told(root, engine)
            .ShouldBe(
                """
                hysteresis(ok after 2m or 9, fail after 3, error after 30s): fail
                  rests on: 1 success, then 2 errors in a row over 5s
                  will be: ok after 8 more successes, or after 1 more success, at the earliest in 1m44s; error after 1 more error, at the earliest in 19s
                  tcp(mail:25): error
                    rests on: probed 5s ago, for 1ms
                """
            );
    }

    [Fact]
    public void Too_many_errors_last_until_a_definite_observation()
    {
        TinyEngine engine = Running(new Hysteresis(Target, errorAfter: Count(2)), out HealthTask root);
        Look(engine, Second(5), Ok, Error, Error);

        Told(root, engine)
            .ShouldBe(
                """
                hysteresis(ok after 1, fail after 1, error after 2): error
                  rests on: no contrary observation, then 2 errors in a row over 5s
                  will be: fail after 1 failure; error until a definite observation
                  tcp(mail:25): error
                    rests on: probed 5s ago, for 1ms
                """
            );
    }

    [Fact]
    public void A_latch_says_what_its_active_side_needs_and_then_that_it_is_reset_by_a_post()
    {
        Toggle latch = new(
            new Hysteresis(new Background(Target, Second(10)), failAfter: Count(3)),
            new Oneshot(auth: new Nobody())
        );
        TinyEngine engine = Running(latch, out _);
        Look(engine, Second(10), Ok, Fail);
        engine.Wait(Second(-6));

        Told(latch, engine)
            .ShouldBe(
                """
                toggle: ok
                  rests on: initial state
                  will be: to_fail moves it to fail: fail after 2 more failures, at the earliest in 15s
                  hysteresis(ok after 1, fail after 3): ok
                    rests on: 1 failure
                    will be: fail after 2 more failures, at the earliest in 15s
                    background(every 10s): fail
                      rests on: newest result 4s old
                      will be: next probe in 5s; stale in 36s
                      tcp(mail:25): fail
                        rests on: probed 4s ago, for 1ms
                  (oneshot): fail
                    rests on: waiting
                """
            );

        engine.Wait(Second(6));
        Look(engine, Second(10), Fail, Fail);

        Told(latch, engine)
            .ShouldBe(
                """
                toggle: fail
                  rests on: moved to fail: F
                  will be: latched: a reset (POST) moves it to ok
                  (hysteresis(ok after 1, fail after 3)): fail
                    rests on: no contrary observation
                    (background(every 10s)): fail
                      rests on: newest result 10s old
                      (tcp(mail:25)): fail
                        rests on: probed 10s ago, for 1ms
                  oneshot: fail
                    rests on: waiting
                    will be: ok once after a reset (POST)
                """
            );
    }

    [Fact]
    public void A_latch_that_something_else_than_a_button_moves_back_says_what_that_needs()
    {
        Hysteresis toOk = new(Target, initialState: Fail, okAfter: Count(4));
        Toggle latch = new(Target, toOk, initialState: Fail);

        Explain(latch, task => new(Begun(task), Observation.WithoutEvidence(Fail, "")))
            .Outlook.ShouldBe("latched: to_ok moves it to ok: ok after 4 successes in a row");
        Explain(new Toggle(Target, Target), task => new(Begun(task), Observation.WithoutEvidence(Fail, "")))
            .Outlook.ShouldBe("to_fail moves it to fail");
    }

    [Fact]
    public void A_latch_says_that_another_one_below_holds_it()
    {
        Toggle inner = new(Target, new Oneshot(), initialState: Fail);
        Toggle outer = new(new Hysteresis(inner), new Oneshot(auth: new Nobody()), initialState: Fail);

        Explain(outer, task => new(Begun(task), Observation.WithoutEvidence(Fail, "")))
            .Outlook.ShouldBe("latched: to_fail is latched too, and has to be reset first or with it");
        Explain(
            new Toggle(new Toggle(Target, new Oneshot()), new Oneshot(auth: new Nobody()), initialState: Fail),
            task => new(Begun(task), Observation.WithoutEvidence(Fail, ""))
        )
            .Outlook.ShouldBe("latched: a reset (POST) moves it to ok");
    }

    [Fact]
    public void A_button_says_whether_it_is_armed_and_for_how_long()
    {
        Oneshot expiring = new(expires: Minute(1));
        Explanation At(Oneshot oneshot, double now, double? armed) =>
            Explainer.Explain(
                oneshot,
                _ =>
                    new(
                        armed is { } at ? Oneshot.Arm(new(Second(at))) : oneshot.CreateState(default),
                        Observation.WithoutEvidence(Fail, "")
                    ),
                new(Second(now))
            );

        Of(At(expiring, now: 10, armed: null)).ShouldBe(("waiting", "ok once when it is fired"));
        Of(At(expiring, now: 35, armed: 10))
            .ShouldBe(("armed 25s ago", "ok once at the next evaluation; forgotten in 35s unless it is used"));
        Of(At(expiring, now: 70, armed: 10))
            .ShouldBe(("armed 1m ago", "ok once at the next evaluation; forgotten now unless it is used"));
        Of(At(expiring, now: 71, armed: 10)).ShouldBe(("waiting", "ok once when it is fired"));
        Of(At(new(Ok, new Nobody()), now: 10, armed: null)).ShouldBe(("waiting", "fail once after a reset (POST)"));
        Of(At(new(Ok), now: 12, armed: 10)).ShouldBe(("armed 2s ago", "fail once at the next evaluation"));

        static (string, string) Of(Explanation explanation) => (explanation.Evidence, explanation.Outlook);
    }

    [Fact]
    public void What_has_become_too_old_is_shown_as_the_error_that_is_read()
    {
        TinyEngine engine = Running(new Background(Target, Second(20), staleAfter: Second(30)), out HealthTask root);
        Look(engine, Second(45), Ok);

        Explanation told = Explainer.Explain(root, engine.View, engine.Now);

        (told.State, told.Reason).ShouldBe((Error, "stale: the newest result is 45s old (O)"));
        (told.Evidence, told.Outlook).ShouldBe(("newest result 45s old", "next probe now; stale until then"));
    }

    [Fact]
    public void A_node_that_stands_at_several_places_is_reported_whole_at_the_first_one()
    {
        Hysteresis shared = new(Target);
        Explanation told = Explain(
            new Toggle(shared, shared),
            task => new(Begun(task), Observation.WithoutEvidence(Ok, ""))
        );

        told.Children.Select(child => (child.IsRepeated, child.IsInCharge, child.Children.Length))
            .ShouldBe([(false, true, 1), (true, false, 0)]);
        told.Children[1].Evidence.ShouldBe("no observation yet");
        // A leaf is as short as the mark would be.
        Explain(new Toggle(Target, Target), task => new(Begun(task), Observation.WithoutEvidence(Ok, "")))
            .Children.Select(child => child.IsRepeated)
            .ShouldBe([false, false]);
    }

    [Fact]
    public void Two_sides_with_loops_of_their_own_have_the_schedule_of_the_active_side()
    {
        Hysteresis above = new(
            new Toggle(new Background(Target, Second(20)), new Background(Target, Second(1))),
            failAfter: Count(2)
        );

        Explain(above, task => new(Begun(task), StampedObservation.At(Ok, default, 1)), new(Second(5)))
            .Outlook.ShouldBe("fail after 2 failures in a row, at the earliest in 35s");
    }

    [Fact]
    public void Children_are_named_as_their_parent_calls_them()
    {
        Toggle latch = new(Target, new Oneshot());
        Explanation told = Explain(latch, task => new(Begun(task), Observation.WithoutEvidence(Ok, "")));

        told.Name.ShouldBe("");
        told.Children.Select(child => child.Name).ShouldBe([latch.ChildName(0), latch.ChildName(1)]);
    }

    private static object Begun(HealthTask task) => (task as Combinator)?.CreateUntypedState(default) ?? "";

    private static Explanation Explain(HealthTask root, Func<HealthTask, NodeView> view, Instant now = default) =>
        Explainer.Explain(root, view, now);

    private static TinyEngine Running(HealthTask task, out HealthTask root)
    {
        root = task;
        return new TinyEngine(task);
    }

    private static void Look(TinyEngine engine, TimeSpan every, params ImmutableArray<HealthState> states)
    {
        foreach (HealthState state in states)
        {
            engine.See(state);
            engine.Wait(every);
        }
    }

    /// <summary>The tree in lines; in brackets what is inactive.</summary>
    private static string Told(HealthTask root, TinyEngine engine) =>
        string.Join('\n', Lines(Explainer.Explain(root, engine.View, engine.Now)));

    private static IEnumerable<string> Lines(Explanation told) =>
        [
            $"{(told.IsInCharge ? told.Summary : $"({told.Summary})")}: {told.State.Word()}",
            .. told.Evidence.Length > 0 ? [$"  rests on: {told.Evidence}"] : Array.Empty<string>(),
            .. told.Outlook.Length > 0 ? [$"  will be: {told.Outlook}"] : Array.Empty<string>(),
            .. told.Children.SelectMany(Lines).Select(line => $"  {line}"),
        ];
}
