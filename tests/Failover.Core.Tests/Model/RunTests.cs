namespace Failover;

public sealed class RunTests
{
    [Fact]
    public void An_empty_run_has_no_length()
    {
        Run.Empty.Count.ShouldBe(0);
        Run.Empty.Lasted.ShouldBe(TimeSpan.Zero);
    }

    [Fact]
    public void It_lasts_from_the_end_of_the_first_look_to_the_end_of_the_newest()
    {
        Observation first = Seen.At(Fail, new(Second(5)), 1) with { Started = default };
        Observation newest = Seen.At(Fail, new(Second(9)), 2) with { Started = new(Second(6)) };

        Run run = Run.Empty.With(first).With(newest);

        run.ShouldBe(new Run(2, new(Second(5)), new(Second(9))));
        run.Lasted.ShouldBe(Second(4));
    }

    [Fact]
    public void A_look_that_ended_out_of_order_does_not_shorten_it()
    {
        Run run = new(2, new(Second(5)), new(Second(9)));

        run.With(Seen.At(Fail, new(Second(7)), 3)).ShouldBe(new Run(3, new(Second(5)), new(Second(9))));
    }

    [Fact]
    public void A_count_beyond_an_int_stays_at_the_largest()
    {
        Run full = new(int.MaxValue, default, new(Second(1)));

        full.With(Seen.At(Fail, new(Second(2)), 1)).ShouldBe(new Run(int.MaxValue, default, new(Second(2))));
    }
}
