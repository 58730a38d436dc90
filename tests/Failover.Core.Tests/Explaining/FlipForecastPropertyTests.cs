using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;

namespace Failover;

/// <summary>What is said of a flip to come is held to the decision itself: after a random story, contrary observations
/// come as it was said.</summary>
public sealed class FlipForecastPropertyTests
{
    private static readonly string[] Marks = ["O", "F", "F", "F", "E", "=", "-", ".", "F<", "*O", "*F"];

    private static readonly Gen<string> Thresholds = SimpleThreshold.Any.Select(threshold => $"{threshold}");

    private sealed record Story(string Options, ImmutableArray<Move> Moves, ObservationSchedule Pace, int Wait)
    {
        public IEnumerable<Story> Shorter() => Move.Fewer(Moves).Select(moves => this with { Moves = moves });

        public override string ToString() =>
            $"{Options} seen: {Move.Row(Moves)}; {string.Join(" ", Pace.Loops)}, {Wait}s later";
    }

    private static readonly Gen<Story> Stories =
        from initial in Gen.Elements("O", "F")
        from okAfter in Thresholds
        from failAfter in Thresholds
        from moves in Move.Some(Marks)
        from wait in Gen.Choose(0, 5)
        from beats in (
            from next in Gen.Choose(-10, 10)
            from interval in Gen.Choose(1, 7)
            select (next, interval)
        ).ListOf(2)
        from loops in Gen.Choose(0, 2)
        let now = new Instant(Second(moves.Sum(move => move.Wait) + wait))
        select new Story(
            $"initial={initial} ok_after={okAfter} fail_after={failAfter}",
            moves,
            new ObservationSchedule([
                .. beats.Take(loops).Select(beat => new LoopSchedule(now + Second(beat.next), Second(beat.interval))),
            ]),
            wait
        );

    [Fact]
    public void So_many_contrary_observations_at_the_earliest_time_flip_it() =>
        Holds(
            (told, forecast) =>
            {
                told.After(
                        Enumerable
                            .Range(1, forecast.Remaining)
                            .Select(nth =>
                                nth == forecast.Remaining ? forecast.Earliest : told.Pace.Turn(nth, told.Now)
                            )
                    )
                    .ShouldBe(told.Other, $"{forecast}");
            }
        );

    [Fact]
    public void One_fewer_does_not_flip_it_however_late_the_last_comes() =>
        Holds(
            (told, _) =>
            {
                int fewest = told.Ways.Min(forecast => forecast.Remaining);

                told.After(Enumerable.Range(1, fewest - 1).Select(day => told.Now + Day(day)))
                    .ShouldBe(told.State.State);
            }
        );

    [Fact]
    public void Before_the_earliest_time_nothing_flips_it_however_many_the_pace_allows() =>
        Holds(
            (told, _) =>
            {
                Instant earliest = told.Ways.Min(forecast => forecast.Earliest);
                Instant justBefore = earliest + TimeSpan.FromTicks(-1);
                const int atAnyTime = 20;
                List<Instant> looks =
                [
                    .. (
                        told.Pace.Loops.IsEmpty
                            ? Enumerable.Repeat(told.Now, atAnyTime)
                            : Enumerable.Range(1, int.MaxValue).Select(nth => told.Pace.Turn(nth, told.Now))
                    ).TakeWhile(turn => turn < earliest),
                ];

                // The last look may have taken its time.
                told.After(looks.Take(looks.Count - 1).Append(justBefore).Where(_ => looks.Count > 0))
                    .ShouldBe(told.State.State);
            }
        );

    [Fact]
    public void Fewer_than_a_way_says_do_not_flip_it_before_the_time_of_the_next_way() =>
        Holds(
            (told, forecast) =>
            {
                Forecast? next = told
                    .Ways.SkipWhile(other => other != forecast)
                    .Skip(1)
                    .Select(other => (Forecast?)other)
                    .FirstOrDefault();
                Instant end = next?.Earliest ?? told.Now + Day(9);

                told.After(
                        Enumerable
                            .Range(1, forecast.Remaining - 1)
                            .Select(nth => told.Pace.Turn(nth, told.Now))
                            .Where(turn => turn < end)
                    )
                    .ShouldBe(told.State.State, $"{forecast}");
            }
        );

    private static void Holds(Action<Told, Forecast> property) =>
        Property.Holds(
            Stories,
            story => story.Shorter(),
            story =>
            {
                DecisionTable table = new($"{story.Options} seen: {Move.Row(story.Moves)}");
                Hysteresis hysteresis = new(
                    new ProbeStub(),
                    table.State("initial", Ok),
                    table.Threshold("ok_after"),
                    table.Threshold("fail_after")
                );
                List<HysteresisRun.Moment> moments =
                    story.Moves.Length == 0 ? [] : [.. HysteresisRun.Play(table, hysteresis.Task)];
                Instant now = moments.Count == 0 ? new(Second(story.Wait)) : moments[^1].Cell.At + Second(story.Wait);
                Hysteresis.Judgement state = moments.Count == 0 ? hysteresis.CreateState(default) : moments[^1].State;
                Told told = new(hysteresis, state, story.Pace, now, hysteresis.FlipForecasts(state, story.Pace, now));

                told.Ways.ShouldNotBeEmpty();
                foreach (Forecast forecast in told.Ways)
                {
                    property(told, forecast);
                }
            }
        );

    private sealed record Told(
        Hysteresis Hysteresis,
        Hysteresis.Judgement State,
        ObservationSchedule Pace,
        Instant Now,
        ImmutableArray<Forecast> Ways
    )
    {
        public HealthState Other => State.State == Ok ? Fail : Ok;

        /// <summary>The state when contrary observations have come at these times.</summary>
        public HealthState After(IEnumerable<Instant> looks)
        {
            Hysteresis.Judgement state = State;
            long id = 1_000_000;
            foreach (Instant look in looks)
            {
                state = Hysteresis.Next(state, StampedObservation.At(Other, look, ++id)).State;
                // A flip is a flip, whatever comes after it.
                if (state.State != State.State)
                {
                    break;
                }
            }

            return state.State;
        }
    }
}
