namespace Failover;

/// <summary>When what may be sent, on one route.</summary>
public sealed class RouteQueueTests
{
    private static readonly DateTimeOffset Start = DateTimeOffset.UnixEpoch;
    private static readonly SendResult Unreachable = new("refused: 192.0.2.1:443");
    private static readonly SendResult Refused = new("status 400", IsOfMessage: true);

    private long number;

    [Fact]
    public void The_first_ones_go_at_once_and_what_is_more_than_10_in_20_s_goes_together()
    {
        RouteQueue queue = Queue();
        for (int i = 0; i < 25; i++)
        {
            Add(queue, Firing($"/c{i}"));
        }

        for (int i = 0; i < 10; i++)
        {
            Send(queue, Second(0)).ShouldBe($"/c{i}");
        }

        queue.Take(Second(0), out TimeSpan? next).ShouldBeEmpty();
        next.ShouldBe(Second(20));
        queue.Take(Second(19.9), out _).ShouldBeEmpty();
        Send(queue, Second(20)).Split(' ').Length.ShouldBe(15);
        queue.Count.ShouldBe(0);
        Add(queue, Firing("/late"));
        Send(queue, Second(21)).ShouldBe("/late", "only one message was sent within 20 s");
    }

    [Fact]
    public void A_receiver_that_takes_one_at_a_time_gets_each_at_once()
    {
        RouteQueue queue = Queue(new ToldTo { Most = 1 });
        for (int i = 0; i < 25; i++)
        {
            Add(queue, Firing($"/c{i}"));
        }

        for (int i = 0; i < 25; i++)
        {
            Send(queue, Second(0)).ShouldBe($"/c{i}");
        }
    }

    [Fact]
    public void A_receiver_that_cannot_be_reached_is_tried_again_later_and_later_and_keeps_the_order()
    {
        RouteQueue queue = Queue();
        Add(queue, Firing("/a"));
        Add(queue, Firing("/b"));
        TimeSpan at = TimeSpan.Zero;
        List<double> delays = [];
        for (int i = 0; i < 12; i++)
        {
            Send(queue, at, Unreachable).ShouldBe("/a");
            queue.Take(at, out TimeSpan? next).ShouldBeEmpty();
            delays.Add((next!.Value - at).TotalSeconds);
            at = next.Value;
        }

        delays.ShouldBe([1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]);
        Send(queue, at).ShouldBe("/a");
        Send(queue, at).ShouldBe("/b");
    }

    [Fact]
    public void A_receiver_that_says_when_is_not_tried_before_but_within_an_hour()
    {
        RouteQueue queue = Queue();
        Add(queue, Firing("/a"));
        Send(queue, Second(0), Unreachable with { RetryAfter = Second(90) });
        queue.Take(Second(89), out TimeSpan? next).ShouldBeEmpty();
        next.ShouldBe(Second(90));
        Send(queue, Second(90), Unreachable with { RetryAfter = Day(3) });
        queue.Take(Second(91), out next).ShouldBeEmpty();
        next.ShouldBe(Second(90) + Hour(1));
    }

    [Fact]
    public void What_a_receiver_refuses_holds_up_its_own_subject_alone()
    {
        RouteQueue queue = Queue();
        Add(queue, Firing("/a"));
        Add(queue, Firing("/b"));
        Add(queue, Resolved("/a"));
        Send(queue, Second(0), Refused).ShouldBe("/a");

        Send(queue, Second(0)).ShouldBe("/b");
        queue.Take(Second(0.9), out TimeSpan? next).ShouldBeEmpty();
        next.ShouldBe(Second(1));
        Send(queue, Second(1)).ShouldBe("/a");
        Send(queue, Second(1)).ShouldBe("/a is over");
    }

    [Fact]
    public void Of_a_refused_group_each_is_sent_for_itself()
    {
        RouteQueue queue = Queue();
        for (int i = 0; i < 13; i++)
        {
            Add(queue, Firing($"/c{i}"));
        }

        for (int i = 0; i < 10; i++)
        {
            Send(queue, Second(0));
        }

        queue.Take(Second(0), out _);
        Send(queue, Second(20), Refused).ShouldBe("/c10 /c11 /c12");
        Send(queue, Second(20)).ShouldBe("/c10");
        Send(queue, Second(20), Refused).ShouldBe("/c11");
        Send(queue, Second(20)).ShouldBe("/c12");
    }

    [Fact]
    public void What_is_not_taken_within_24_h_is_given_up_and_the_next_goes_on()
    {
        RouteQueue queue = Queue();
        Add(queue, Firing("/a"));
        queue.Add(Delivery(Firing("/b")), Hour(23), Start);
        IReadOnlyList<StoredDelivery> first = queue.Take(Hour(24), out _);

        (IReadOnlyList<StoredDelivery> dead, _) = queue.Settle(first, Unreachable, Hour(24), Start + Hour(24));

        dead.ShouldHaveSingleItem().Failure.ShouldBe("refused: 192.0.2.1:443");
        queue.Dead.ShouldHaveSingleItem().Notification.Subject.ShouldBe("/a");
        Send(queue, Hour(24) + Second(1)).ShouldBe("/b");
        queue.Revive([Firing("/a")], Hour(25)).Revived.ShouldBe(1);
        queue.Dead.ShouldBeEmpty();
        Send(queue, Hour(25)).ShouldBe("/a");
    }

    [Fact]
    public void What_is_over_meanwhile_is_not_reported_as_wrong()
    {
        RouteQueue queue = Queue();
        Add(queue, Firing("/a"), "status 500");
        Add(queue, Firing("/b"), "status 500");
        Add(queue, Resolved("/b"));

        (int revived, IReadOnlyList<StoredDelivery> over) = queue.Revive([], Hour(25));

        revived.ShouldBe(1);
        over.ShouldHaveSingleItem().Notification.Subject.ShouldBe("/a");
        Send(queue, Hour(25)).ShouldBe("/b");
        Send(queue, Hour(25)).ShouldBe("/b is over");
    }

    [Fact]
    public void A_clock_that_is_set_gives_nothing_up()
    {
        RouteQueue queue = Queue();
        queue.Add(Delivery(Firing("/a")), Second(0), Start - Day(10));
        IReadOnlyList<StoredDelivery> message = queue.Take(Second(1), out _);

        queue.Settle(message, Unreachable, Second(1), Start + Day(365)).Dead.ShouldBeEmpty();
    }

    [Fact]
    public void A_route_that_is_not_notified_of_an_end_holds_what_is_over_back_all_the_same()
    {
        RouteQueue queue = new(
            new("route", new ToldTo(), minimumDuration: Second(30), tellsResolved: false),
            () => 0.5
        );
        Add(queue, Firing("/a"));
        queue.Add(Delivery(Resolved("/a")), Second(1), Start + Second(1)).Over.Count.ShouldBe(2);
        Add(queue, Firing("/b"));
        Send(queue, Second(30)).ShouldBe("/b");
        queue.Add(Delivery(Resolved("/b")), Second(31), Start + Second(31)).Over.Count.ShouldBe(1);
        queue.Count.ShouldBe(0);
    }

    [Fact]
    public void So_many_are_kept_of_those_that_were_given_up()
    {
        RouteQueue queue = Queue();
        for (int i = 0; i < RouteQueue.MostDead; i++)
        {
            Add(queue, Firing($"/c{i}"), "status 500").ShouldBeEmpty();
        }

        Add(queue, Firing("/late"), "status 500").ShouldHaveSingleItem().Notification.Subject.ShouldBe("/c0");
        queue.Dead.Count.ShouldBe(RouteQueue.MostDead);
    }

    [Fact]
    public void So_many_wait_and_then_the_oldest_is_dropped()
    {
        RouteQueue queue = Queue();
        for (int i = 0; i < RouteQueue.Most; i++)
        {
            Add(queue, Firing($"/c{i}")).ShouldBeEmpty();
        }

        (IReadOnlyList<StoredDelivery> over, int dropped) = queue.Add(Delivery(Firing("/late")), Second(0), Start);

        dropped.ShouldBe(1);
        over.ShouldHaveSingleItem().Notification.Subject.ShouldBe("/c0");
        queue.Count.ShouldBe(RouteQueue.Most);
    }

    [Fact]
    public void What_does_not_last_long_enough_is_not_told()
    {
        RouteQueue queue = Queue(minimumDuration: Second(30));
        StoredDelivery firing = Delivery(Firing("/a"));
        queue.Add(firing, Second(0), Start);
        queue.Take(Second(29), out TimeSpan? next).ShouldBeEmpty();
        next.ShouldBe(Second(30));
        StoredDelivery resolved = Delivery(Resolved("/a"));

        queue.Add(resolved, Second(29), Start + Second(29)).Over.ShouldBe([firing, resolved]);

        queue.Count.ShouldBe(0);
        Add(queue, Firing("/b"));
        Send(queue, Second(30)).ShouldBe("/b");
        Add(queue, Resolved("/b"));
        Send(queue, Second(31)).ShouldBe("/b is over");
    }

    [Fact]
    public void What_it_becomes_meanwhile_is_told_instead_and_no_later()
    {
        RouteQueue queue = Queue(minimumDuration: Second(30));
        Add(queue, Firing("/a"));
        queue
            .Add(
                Delivery(Firing("/a") with { Reason = "another", At = Start + Second(20), Since = Start }),
                Second(20),
                Start + Second(20)
            )
            .Over.ShouldHaveSingleItem();

        queue.Take(Second(30), out _).ShouldHaveSingleItem().Notification.Reason.ShouldBe("another");
    }

    [Fact]
    public void What_was_told_before_a_restart_is_told_on_at_once()
    {
        RouteQueue queue = Queue(minimumDuration: Second(30));
        queue.Resume([Firing("/a"), Firing("/b")]);

        Add(queue, Firing("/a") with { Reason = "another" });
        Send(queue, Second(0)).ShouldBe("/a");
        Add(queue, Resolved("/b"));
        Send(queue, Second(0)).ShouldBe("/b is over");
    }

    [Fact]
    public void What_still_waited_when_the_process_ended_waits_for_the_rest_of_its_time()
    {
        RouteQueue queue = Queue(minimumDuration: Second(30));

        queue.Add(Delivery(Firing("/a")), Second(0), Start + Second(20));

        queue.Take(Second(0), out TimeSpan? next).ShouldBeEmpty();
        next.ShouldBe(Second(10));
        queue.Resume([Firing("/a")]);
        queue.Add(Delivery(Resolved("/a")), Second(5), Start + Second(25)).Over.Count.ShouldBe(2);
    }

    private static RouteQueue Queue(ToldTo? receiver = null, TimeSpan? minimumDuration = null) =>
        new(new("route", receiver ?? new ToldTo(), minimumDuration: minimumDuration), () => 0.5);

    private static Notification Firing(string subject) =>
        new(
            $"{subject} fails",
            $"alarm of {subject}",
            NotificationStatus.Firing,
            NotificationTopics.State,
            NotificationSeverity.Critical,
            subject,
            "down",
            Start
        );

    private static Notification Resolved(string subject) =>
        Firing(subject) with
        {
            Id = $"{subject} is over",
            Status = NotificationStatus.Resolved,
        };

    private StoredDelivery Delivery(Notification told) => new(++number, "route", told);

    private IReadOnlyList<StoredDelivery> Add(RouteQueue queue, Notification told, string? failure = null) =>
        queue.Add(Delivery(told) with { Failure = failure }, TimeSpan.Zero, Start).Over;

    // The subjects of the message.
    private static string Send(RouteQueue queue, TimeSpan at, SendResult result = default)
    {
        IReadOnlyList<StoredDelivery> message = queue.Take(at, out _);
        queue.Settle(message, result, at, Start + at);
        return string.Join(
            ' ',
            message.Select(one =>
                one.Notification.Status == NotificationStatus.Resolved
                    ? $"{one.Notification.Subject} is over"
                    : one.Notification.Subject
            )
        );
    }
}
