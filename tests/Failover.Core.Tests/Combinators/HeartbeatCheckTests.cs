namespace Failover;

public sealed class HeartbeatCheckTests
{
    private static readonly HeartbeatCheck Hourly = new(every: Hour(1), grace: Minute(5));

    private static void Holds(params string[] texts)
    {
        foreach (string text in texts)
        {
            DecisionTable table = new(text);
            table.ShouldGive("state", HeartbeatRun.Play(table));
        }
    }

    [Fact]
    public void Silence_is_a_fail_once_it_has_lasted_longer_than_every_and_grace() =>
        Holds(
            """
            every=60s grace=10s   do:    O@5s R@75s R@75.001s R@500s O@501s R@571s R@571.001s
                                  state: O    O     F         F      O      O      F
            """
        );

    [Fact]
    public void Before_the_first_beat_it_is_ok_for_as_long() =>
        Holds(
            """
            every=60s grace=10s   do:    R@0s R@70s R@70.001s O@80s
                                  state: O    O     F         O
            """
        );

    [Fact]
    public void Before_the_first_beat_it_is_in_its_initial_state() =>
        Holds(
            """
            initial=F   do:    R@0s R@70s R@80s O@81s
                        state: F    F     F     O
            """
        );

    [Fact]
    public void A_beat_says_what_it_is_until_the_next_one_and_silence_is_a_fail_after_any() =>
        Holds(
            """
            every=60s grace=10s   do:    F@5s R@50s E@51s R@120s O@121s E@122s R@192s R@193s
                                  state: F    F     E     E      O      E      E      F
            """
        );

    [Fact]
    public void A_toggle_that_moves_to_ok_has_it_wait_anew() =>
        Holds(
            """
            every=60s grace=10s   do:    O@5s R@80s *@100s R@170s R@171s
                                  state: O    F     O      O      F
            """
        );

    [Fact]
    public void A_toggle_that_moves_to_fail_waits_for_a_beat_after_the_move() =>
        Holds(
            """
            do:    O@5s !@6s R@7s O@8s
            state: O    F    F    O
            """
        );

    [Fact]
    public void After_a_restart_what_was_left_is_left_and_the_grace_at_least() =>
        Holds(
            """
            every=60s grace=10s   do:    O@5s X@15s R@75s R@76s O@80s X@149s R@159s R@160s
                                  state: O    O     O     F     O     O      O      F
            """
        );

    [Fact]
    public void A_restart_changes_nothing_of_what_it_shows() =>
        Holds(
            """
            every=60s grace=10s   do:    F@5s X@6s R@70s O@71s R@150s X@151s R@160s R@200s O@201s X@202s
                                  state: F    F    F     O     F      F      F      F      O      O
            """
        );

    [Fact]
    public void Restarts_do_not_extend_the_wait_for_the_first_beat() =>
        Holds(
            """
            every=60s grace=10s   do:    R@0s X@30s X@50s R@70s R@71s X@72s R@83s
                                  state: O    O     O     O     F     F     F
            """
        );

    [Fact]
    public void A_beat_that_was_due_during_a_pause_has_the_grace_to_come_after_it() =>
        Holds(
            """
            every=60s grace=10s   do:    O@0s R@69s P@100s R@110s R@111s
                                  state: O    O     O      O      F
            """
        );

    [Fact]
    public void A_pause_does_not_count() =>
        Holds(
            """
            every=60s grace=10s   do:    O@0s R@30s P@50s R@90s R@91s O@100s R@100s P@400s R@470s R@471s
                                  state: O    O     O     O     F     O      O      O      O      F
            """
        );

    [Fact]
    public void A_pause_does_not_count_after_a_restart_or_an_edit_either() =>
        Holds(
            """
            every=60s grace=10s   do:    O@0s R@30s P@50s X@51s R@90s R@91s
                                  state: O    O     O     O     O     F
            """,
            """
            every=60s grace=10s   do:    O@0s R@30s P@50s V@51s R@90s R@91s
                                  state: O    O     O     O     O     F
            """,
            """
            every=60s grace=10s   do:    O@0s R@69s P@100s X@101s R@111s R@112s
                                  state: O    O     O      O      O      F
            """
        );

    [Fact]
    public void A_pause_that_is_noticed_after_a_beat_does_not_extend_the_wait_for_the_next()
    {
        object state = Hourly.AfterBeat(Hourly.CreateState(default), Observation.Ok(), new(Hour(10)))!;

        state = Hourly.AfterPause(state, from: new(Minute(1)), new(Hour(10)));

        Hourly.BeatsOf(state)!.Value.Due.ShouldBe(new(Hour(10) + Minute(65)));
    }

    [Fact]
    public void An_ok_is_believed_until_the_next_beat_is_due_and_a_fail_for_as_long_as_it_stands()
    {
        object state = Hourly.AfterBeat(Hourly.CreateState(default), Observation.Ok(), default)!;
        Hourly.Judge(state, [], default).Observation.FreshUntil.ShouldBe(new(Minute(65)));

        Observation silence = Hourly.Judge(state, [], new(Minute(66))).Observation;
        silence.FreshUntil.ShouldBe(Instant.Never);
        silence.IsTimeout.ShouldBeTrue("it rests on elapsed time");
        silence.Reason.ShouldBe("no beat in 1h6m");
    }

    [Fact]
    public void Each_further_period_of_silence_is_one_observation()
    {
        object state = Hourly.CreateState(default);
        List<double> judgedAt = [];
        for (Instant now = default; now.SinceStart < Hour(4); )
        {
            now = Hourly.BeatsOf(state)!.Value.Due + TimeSpan.FromTicks(1);
            judgedAt.Add(now.SinceStart.TotalMinutes);
            Step<object> step = Hourly.Judge(state, [], now);
            step.Observation.IsStamped.ShouldBeFalse("evidence, which the machine stamps");
            state = step.State;
        }

        judgedAt.Select(Math.Floor).ShouldBe([65, 125, 185, 245]);
    }

    [Fact]
    public void What_was_restored_and_what_nobody_has_reported_is_no_evidence()
    {
        object begun = Hourly.CreateState(default);
        Hourly.Judge(begun, [], default).Observation.IsEvidence.ShouldBeFalse();

        object beaten = Hourly.AfterBeat(begun, Observation.OkWithWarning("disk 91 % full"), default)!;
        PersistedState persisted = Hourly.ToPersistedState(beaten)!;
        Observation restored = Hourly.Judge(Hourly.RestoreAt(persisted, Minute(1), default), [], default).Observation;
        restored.IsEvidence.ShouldBeFalse();
        restored.HasWarning.ShouldBeTrue();
        restored.Reason.ShouldBe("disk 91 % full");
    }

    [Fact]
    public void Each_beat_is_stored_though_it_says_the_same()
    {
        object first = Hourly.AfterBeat(Hourly.CreateState(default), Observation.Ok(), new(Second(1)))!;
        object second = Hourly.AfterBeat(first, Observation.Ok(), new(Second(2)))!;

        Hourly.ToPersistedState(second)!.Since.ShouldBe(new(Second(2)));
        Hourly.ToPersistedState(second).ShouldNotBe(Hourly.ToPersistedState(first));
    }

    [Theory]
    [InlineData(30, 35)] // shorter, and over already: a grace
    [InlineData(120, 125)]
    public void An_edit_counts_from_the_newest_beat_and_leaves_a_grace(int every, int due)
    {
        object state = Hourly.AfterBeat(Hourly.CreateState(default), Observation.Ok(), default)!;
        HeartbeatCheck edited = new(every: Minute(every), grace: Minute(5));

        edited.BeatsOf(edited.AfterEdit(state, new(Minute(30))))!.Value.Due.ShouldBe(new(Minute(due)));
    }

    [Fact]
    public void An_edit_does_not_end_a_silence()
    {
        object state = Hourly.Judge(Hourly.CreateState(default), [], new(Hour(2))).State;
        HeartbeatCheck edited = new(every: Day(1));

        edited.Judge(edited.AfterEdit(state, new(Hour(2))), [], new(Hour(2))).Observation.State.ShouldBe(Fail);
    }

    [Fact]
    public void It_explains_when_the_last_beat_came_and_when_the_next_is_due()
    {
        object begun = Hourly.CreateState(default);
        Explained(begun, Minute(10)).ShouldBe(("no beat in 10m", "fail in 55m without a beat; next beat due in 50m"));

        object beaten = Hourly.AfterBeat(begun, Observation.Ok(), new(Minute(10)))!;
        Explained(beaten, Minute(30))
            .ShouldBe(("last beat 20m ago", "fail in 45m without a beat; next beat due in 40m"));
        Explained(beaten, Minute(72)).ShouldBe(("last beat 1h2m ago", "fail in 3m without a beat; next beat due now"));

        object silent = Hourly.Judge(beaten, [], new(Hour(2))).State;
        Explained(silent, Hour(2)).ShouldBe(("last beat 1h50m ago", "ok with a beat"));

        object restored = Hourly.RestoreAt(Hourly.ToPersistedState(beaten)!, Minute(20), new(Second(5)));
        Explained(restored, Second(5))
            .ShouldBe(("last beat 20m ago, downtime not counted", "fail in 45m without a beat; next beat due in 40m"));

        static (string, string) Explained(object state, TimeSpan at)
        {
            NodeExplanation said = Hourly.Explain(state, [], ObservationSchedule.Unknown, new(at));
            return (said.Evidence, said.Outlook);
        }
    }

    [Fact]
    public void Durations_and_states_out_of_range_are_refused()
    {
        Should
            .Throw<ArgumentOutOfRangeException>(() => new HeartbeatCheck(every: Day(367)))
            .ShouldSay("every", "every is 367d; accepted: a duration from 1ms to 366d");
        Should
            .Throw<ArgumentOutOfRangeException>(() => new HeartbeatCheck(every: Hour(1), grace: Day(31)))
            .ShouldSay("grace", "grace is 31d; accepted: a duration from 1ms to 30d");
        Should
            .Throw<ArgumentOutOfRangeException>(() => new HeartbeatCheck(every: Hour(1), initialState: Error))
            .ShouldSay("initialState", "initialState is Error; accepted: ok or fail");
    }

    [Theory]
    [InlineData("short-1")]
    [InlineData("with a space in it")]
    [InlineData("ünicode-token")]
    [InlineData("========")]
    [InlineData("pad=in=the=middle")]
    public void A_token_of_another_form_is_refused_and_not_repeated(string token)
    {
        ArgumentException refusal = Should.Throw<ArgumentException>(() => new HeartbeatCheck(Hour(1), token: token));

        refusal.ParamName.ShouldBe("token");
        refusal.Message.ShouldContain("accepted: 8 to 512 letters, digits and -._~+/");
        refusal.Message.ShouldNotContain(token);
    }

    [Theory]
    [InlineData("nightly", null)]
    [InlineData("db/nightly_1.full", null)]
    [InlineData("", "with an empty, . or .. segment")]
    [InlineData("/nightly", "with an empty, . or .. segment")]
    [InlineData("a/../b", "with an empty, . or .. segment")]
    [InlineData("a b", "")]
    [InlineData("a?b", "")]
    public void A_name_is_a_plain_path(string name, string? flaw)
    {
        if (flaw is null)
        {
            new HeartbeatCheck(Hour(1), name: name).Name.ShouldBe(name);
        }
        else
        {
            Should
                .Throw<ArgumentOutOfRangeException>(() => new HeartbeatCheck(Hour(1), name: name))
                .Message.ShouldContain(
                    $"name is \"{name}\"{(flaw.Length > 0 ? $", {flaw}" : "")}; accepted: letters, digits and .-_, in segments joined by /"
                );
        }
    }

    [Fact]
    public void Its_summary_and_its_access_keep_the_token_to_themselves()
    {
        HeartbeatCheck heartbeat = new(Hour(1), token: "a-token-of-some-length");

        $"{heartbeat} {heartbeat.HeartbeatAccess}".ShouldNotContain("some-length");
        heartbeat.Summary.ShouldBe("heartbeat(every 1h, grace 1m)");
    }
}
