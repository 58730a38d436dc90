namespace Failover;

public sealed class InstantTests
{
    private static readonly Instant Early = new(Second(1));
    private static readonly Instant Late = new(Second(3));

    [Fact]
    public void Moments_compare_by_time()
    {
        Instant same = new(Second(1));

        (Early < Late, Late < Early, Early < same).ShouldBe((true, false, false));
        (Late > Early, Early > Late, Early > same).ShouldBe((true, false, false));
        (Early <= Late, Late <= Early, Early <= same).ShouldBe((true, false, true));
        (Late >= Early, Early >= Late, Early >= same).ShouldBe((true, false, true));
        Early.CompareTo(Late).ShouldBeLessThan(0);
        Early.ShouldBe(same);
    }

    [Fact]
    public void The_earlier_and_the_later_of_two()
    {
        Instant.Min(Early, Late).ShouldBe(Early);
        Instant.Min(Late, Early).ShouldBe(Early);
        Instant.Max(Early, Late).ShouldBe(Late);
        Instant.Max(Late, Early).ShouldBe(Late);
    }

    [Fact]
    public void Between_moments_are_durations()
    {
        (Late - Early).ShouldBe(Second(2));
        (Early - Late).ShouldBe(Second(-2));
        (Early + Second(2)).ShouldBe(Late);
        (Late + Second(-2)).ShouldBe(Early);
    }

    [Fact]
    public void What_comes_after_the_end_of_time_never_comes()
    {
        (Early + TimeSpan.MaxValue).ShouldBe(Instant.Never);
        (Instant.Never + Second(1)).ShouldBe(Instant.Never);
        (Instant.Never + TimeSpan.Zero).ShouldBe(Instant.Never);
        (default(Instant) + TimeSpan.MaxValue).ShouldBe(Instant.Never);
    }

    [Fact]
    public void A_moment_before_the_start_can_be_reckoned_from()
    {
        Instant before = new(Second(-1));

        (before + Second(3)).ShouldBe(new(Second(2)));
        (before + TimeSpan.MaxValue).ShouldBe(new(TimeSpan.MaxValue - Second(1)));
    }
}
