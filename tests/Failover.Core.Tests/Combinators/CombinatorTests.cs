namespace Failover;

public sealed class CombinatorTests
{
    private static readonly HealthTask Below = new ProbeStub();

    [Fact]
    public void The_engine_s_face_decides_as_the_typed_one()
    {
        Toggle toggle = new(Below, new Oneshot());
        Combinator face = toggle;
        Observation fail = StampedObservation.At(Fail, new(Second(2)), 1);
        object begin = face.CreateUntypedState(new(Second(1)));

        Step<object> step = face.Judge(begin, [fail, null], new(Second(3)));
        Step<Toggle.Position> typed = toggle.Next((Toggle.Position)begin, [fail, null], new(Second(3)));

        begin.ShouldBe(toggle.CreateState(new(Second(1))));
        face.Evaluates(begin, 0).ShouldBeTrue();
        face.Evaluates(begin, 1).ShouldBeFalse();
        step.State.ShouldBe(typed.State);
        step.Observation.ShouldBe(typed.Observation);
        step.ToRestart.ShouldHaveSingleItem().ShouldBeSameAs(toggle.ToOk);
    }

    [Fact]
    public void A_step_leaves_the_children_as_they_are_unless_it_says_otherwise() =>
        new Step<Oneshot.Trigger>(new(ArmedAt: null), Observation.Ok()).ToRestart.ShouldBeEmpty();
}
