namespace Failover;

public sealed class ObservationTests
{
    private static readonly Observation Look = StampedObservation.At(Ok, new(Second(10)), 1) with
    {
        FreshUntil = new(Second(40)),
    };

    [Fact]
    public void It_reads_as_itself_up_to_and_at_its_bound()
    {
        Look.ReadAt(new(Second(11))).ShouldBeSameAs(Look);
        Look.ReadAt(new(Second(40))).ShouldBeSameAs(Look);
    }

    [Fact]
    public void After_its_bound_it_reads_as_an_error_that_says_how_old_it_is()
    {
        Observation read = Look.ReadAt(new(Second(41)));

        read.State.ShouldBe(Error);
        read.Reason.ShouldBe("stale: the newest result is 31s old (O)");
    }

    [Fact]
    public void Going_stale_makes_no_new_evidence()
    {
        Observation read = Look.ReadAt(new(Second(41)));

        (read.Id, read.Started, read.Ended, read.FreshUntil).ShouldBe(
            (Look.Id, Look.Started, Look.Ended, Look.FreshUntil)
        );
    }

    [Fact]
    public void Without_a_result_it_says_for_how_long()
    {
        Observation none = Observation.WithoutEvidence(Ok, "no result yet") with
        {
            Started = new(Second(10)),
            FreshUntil = new(Second(40)),
        };

        none.ReadAt(new(Second(70))).Reason.ShouldBe("stale: no result in 1m");
    }

    [Fact]
    public void Without_a_bound_it_never_goes_stale() =>
        StampedObservation.At(Fail, default, 1).ReadAt(new(Day(10000))).State.ShouldBe(Fail);

    [Fact]
    public void A_check_gives_it_unstamped()
    {
        Observation[] made = [Observation.Ok(), Observation.Fail("refused"), Observation.Error("no descriptors left")];

        made.Select(look => look.State).ShouldBe([Ok, Fail, Error]);
        made.Select(look => look.Reason).ShouldBe(["", "refused", "no descriptors left"]);
        made.ShouldAllBe(look => !look.IsStamped && look.IsEvidence);
    }

    [Fact]
    public void Only_a_fail_by_elapsed_time_is_a_timeout()
    {
        Observation timedOut = Observation.TimedOut("timed out");

        (timedOut.State, timedOut.Reason, timedOut.IsTimeout).ShouldBe((Fail, "timed out", true));
        (timedOut with { Id = 3, Reason = "timed out twice" }).IsTimeout.ShouldBeTrue();
        (timedOut with { State = Error }).IsTimeout.ShouldBeFalse();
        timedOut.ShouldNotBe(Observation.Fail("timed out"));
        Observation[] others =
        [
            Observation.Ok(),
            Observation.Fail("refused"),
            Observation.Error("no descriptors left"),
        ];
        others.ShouldAllBe(seen => !seen.IsTimeout);
    }

    [Fact]
    public void Only_an_ok_may_have_a_warning()
    {
        Observation warned = Observation.OkWithWarning("expires in 3 days");

        (warned.State, warned.Reason, warned.HasWarning).ShouldBe((Ok, "expires in 3 days", true));
        (warned with { Id = 3, Reason = "held" }).HasWarning.ShouldBeTrue();
        (warned with { State = Fail }).HasWarning.ShouldBeFalse();
        Observation.Ok("expires in 3 days").HasWarning.ShouldBeFalse();
        warned.ShouldNotBe(Observation.Ok("expires in 3 days"));
    }

    [Fact]
    public void Going_stale_ends_a_warning_and_takes_the_figures_away()
    {
        Observation read = (Look with { IsWarning = true, PerformanceData = "days=3" }).ReadAt(new(Second(41)));

        (read.HasWarning, read.PerformanceData).ShouldBe((false, ""));
    }

    [Fact]
    public void A_state_without_evidence_needs_no_stamp()
    {
        Observation none = Observation.WithoutEvidence(Fail, "no result yet");

        (none.IsEvidence, none.IsStamped, none.State).ShouldBe((false, true, Fail));
    }

    [Fact]
    public void Equal_observations_are_equal()
    {
        Observation.Fail("refused").ShouldBe(Observation.Fail("refused"));
        Observation.Fail("refused").GetHashCode().ShouldBe(Observation.Fail("refused").GetHashCode());
        Observation.Fail("refused").ShouldNotBe(Observation.Fail("timed out"));
        Look.ShouldNotBe(Look with { Id = 2 });
    }
}
