using FsCheck;
using FsCheck.Fluent;

namespace Failover;

public sealed class ObservationScheduleTests
{
    private static readonly Instant Now = At(100);

    [Theory]
    [InlineData(1, 111)]
    [InlineData(2, 131)]
    [InlineData(10, 291)]
    public void The_nth_turn_of_one_loop_comes_so_many_intervals_after_the_next(int nth, double at) =>
        new ObservationSchedule([new(At(111), Second(20))]).Turn(nth, Now).ShouldBe(At(at));

    [Theory]
    [InlineData(1, 100)]
    [InlineData(2, 115)]
    [InlineData(3, 135)]
    public void An_overdue_turn_is_taken_at_once_and_does_not_move_the_beat(int nth, double at) =>
        new ObservationSchedule([new(At(55), Second(20))]).Turn(nth, Now).ShouldBe(At(at));

    [Theory]
    [InlineData(1, 101)]
    [InlineData(2, 103)]
    [InlineData(3, 106)]
    [InlineData(4, 111)]
    [InlineData(5, 111)]
    public void The_turns_of_several_loops_are_merged(int nth, double at) =>
        new ObservationSchedule([new(At(101), Second(5)), new(At(103), Second(8))]).Turn(nth, Now).ShouldBe(At(at));

    [Fact]
    public void Without_a_loop_an_observation_can_come_at_any_time() =>
        ObservationSchedule.Unknown.Turn(7, Now).ShouldBe(Now);

    [Fact]
    public void A_turn_beyond_the_end_of_time_never_comes() =>
        new ObservationSchedule([new(At(101), Day(30))]).Turn(int.MaxValue, Now).ShouldBe(Instant.Never);

    [Fact]
    public void The_nth_turn_is_the_one_that_counting_them_gives() =>
        Property.Holds(
            from beats in (
                from next in Gen.Choose(-30, 30)
                from interval in Gen.Choose(1, 20)
                select new LoopSchedule(Now + Second(next), Second(interval))
            ).NonEmptyListOf()
            from nth in Gen.Choose(1, 12)
            select (beats, nth),
            _ => [],
            story =>
            {
                IEnumerable<Instant> turns = story.beats.SelectMany(loop =>
                    Enumerable
                        .Range(0, 200)
                        .Select(index => loop.Next + (index * loop.Interval))
                        .Where(turn => turn > Now)
                        .Concat(loop.Next <= Now ? [Now] : [])
                );

                new ObservationSchedule([.. story.beats])
                    .Turn(story.nth, Now)
                    .ShouldBe(turns.Order().ElementAt(story.nth - 1));
            }
        );

    private static Instant At(double seconds) => new(Second(seconds));
}
