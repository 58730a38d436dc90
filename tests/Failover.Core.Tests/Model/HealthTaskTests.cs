namespace Failover;

public sealed class HealthTaskTests
{
    /// <summary>Pairs that are written alike, each built anew, and one that differs in a single option.</summary>
    public static TheoryData<HealthTask, HealthTask, HealthTask> Descriptions =>
        new()
        {
            { Stub(), Stub(), new ProbeStub("other") },
            { new Hysteresis(Stub()), new Hysteresis(Stub(), Ok, Count(1), Count(1)), new Hysteresis(Stub(), Fail) },
            {
                new Hysteresis(Stub(), failAfter: Count(3) & Minute(1)),
                new Hysteresis(Stub(), failAfter: Count(3) & Second(60)),
                new Hysteresis(Stub(), failAfter: Count(3) | Second(60))
            },
            {
                new Hysteresis(Stub(), errorAfter: Count(2)),
                new Hysteresis(Stub(), errorAfter: Count(2)),
                new Hysteresis(Stub())
            },
            { new Oneshot(), new Oneshot(Fail), new Oneshot(expires: Second(1)) },
            { new Oneshot(auth: new Users("a")), new Oneshot(auth: new Users("a")), new Oneshot(auth: new Users("b")) },
            { new Toggle(Stub(), new Oneshot()), new Toggle(Stub(), new Oneshot()), new Toggle(Stub(), Stub()) },
            {
                new Background(Stub(), Second(1)),
                new Background(Stub(), Second(1), Fail, Second(13)),
                new Background(Stub(), Second(2))
            },
        };

    [Theory]
    [MemberData(nameof(Descriptions), DisableDiscoveryEnumeration = true)]
    public void Equal_descriptions_are_equal(HealthTask one, HealthTask same, HealthTask other)
    {
        one.ShouldNotBeSameAs(same);
        one.Equals(same).ShouldBeTrue();
        one.GetHashCode().ShouldBe(same.GetHashCode());
        one.Equals(other).ShouldBeFalse();
        one.FullText.ShouldBe(same.FullText);
        one.FullText.ShouldNotBe(other.FullText);
    }

    [Fact]
    public void A_task_reads_as_one_line()
    {
        Hysteresis hysteresis = new(Stub(), okAfter: Minute(1), failAfter: Count(3));

        hysteresis.ToString().ShouldBe("hysteresis(stub, ok after 1m, fail after 3)");
        new Background(Stub(), Minute(3)).ToString().ShouldBe("background(stub, every 3m)");
        new Toggle(Stub(), new Oneshot()).ToString().ShouldBe("toggle(to fail: stub, to ok: oneshot)");
        new Oneshot(Ok).ToString().ShouldBe("oneshot(default ok)");
    }

    [Fact]
    public void The_full_text_tells_everything_with_nothing_rounded()
    {
        Toggle toggle = new(
            new Hysteresis(new Background(Stub(), Second(0.25)), okAfter: Minute(1) + TimeSpan.FromTicks(1)),
            new Oneshot(auth: new Users("a b"), expires: Hour(1))
        );

        toggle.FullText.ShouldBe(
            "toggle(to_fail: hysteresis(task: background(task: ProbeStub(stub), interval: 250ms, initial_state: fail, "
                + "stale_after: 10.75s), initial_state: ok, ok_after: 1m0.0000001s, fail_after: 1), "
                + "to_ok: oneshot(default_state: fail, auth: \"Users { Path = a b }\", expires: 1h), initial_state: ok)"
        );
    }

    [Fact]
    public void A_child_is_called_by_the_key_of_its_option()
    {
        Toggle toggle = new(Stub(), new Oneshot());

        toggle.ChildName(0).ShouldBe("to_fail");
        toggle.ChildName(1).ShouldBe("to_ok");
        new Background(Stub(), Second(1)).ChildName(0).ShouldBe("task");
    }

    [Fact]
    public void Children_stand_in_the_order_of_the_constructor()
    {
        HealthTask left = new ProbeStub("left");
        HealthTask right = new ProbeStub("right");

        new Toggle(left, right).Children.ShouldBe([left, right]);
        new Hysteresis(left).Children.ShouldBe([left]);
        new Background(left, Second(1)).Children.ShouldBe([left]);
        new Oneshot().Children.ShouldBeEmpty();
        left.Children.ShouldBeEmpty();
    }

    [Fact]
    public void The_longest_time_is_that_of_the_slowest_evaluated_child()
    {
        new Hysteresis(Stub()).LongestTime.ShouldBe(Second(10));
        new Toggle(Stub(), new Oneshot()).LongestTime.ShouldBe(Second(10));
        new Toggle(new Oneshot(), Stub()).LongestTime.ShouldBe(Second(10));
        new Oneshot().LongestTime.ShouldBe(TimeSpan.Zero);
    }

    [Fact]
    public void A_check_names_no_first_state_and_a_button_is_no_check()
    {
        Stub().InitialShownState.ShouldBeNull();
        new Oneshot().HasOnDemandCheck.ShouldBeFalse();
        new Toggle(new Background(Stub(), Second(1)), new Oneshot()).HasOnDemandCheck.ShouldBeFalse();
        new Toggle(Stub(), new Oneshot()).HasOnDemandCheck.ShouldBeTrue();
    }

    private static ProbeStub Stub() => new();

    private sealed record Users(string Path) : Authentication;
}
