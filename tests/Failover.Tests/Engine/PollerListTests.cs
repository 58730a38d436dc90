using System.Net;
using System.Text;

namespace Failover;

/// <summary>Who is in the list of those that polled last.</summary>
public sealed class PollerListTests
{
    private const int Few = 10;

    private readonly PollerList list = new();
    private long now = new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero).UtcTicks;

    private Poller? Poll(string agent, string address = "192.0.2.1", HealthState? answered = Ok, int components = Few)
    {
        Poller? poller = list.FindOrAdd(
            ClientAddress.Of(IPAddress.Parse(address)),
            Encoding.Latin1.GetBytes(agent),
            now,
            components
        );
        poller?.Note(answered, now);
        return poller;
    }

    private void Wait(double seconds) => now += Second(seconds).Ticks;

    [Fact]
    public void An_address_and_an_agent_are_one()
    {
        Poller first = Poll("curl")!;
        Wait(1);
        Poll("curl", "::ffff:192.0.2.1", Fail).ShouldBeSameAs(first, "the same address, mapped");
        Poll("curl", "192.0.2.2").ShouldNotBeSameAs(first);
        Poll("wget").ShouldNotBeSameAs(first);
        Poll("curl", "::1", answered: null);

        list.All.Count.ShouldBe(4);
        (first.Polls, first.Answered, first.Unanswered).ShouldBe((2, Fail, 0));
        first.Last.ShouldBe(now);
        first.Since.ShouldBe(now - Second(1).Ticks);
        first.Address.ToString().ShouldBe("192.0.2.1");
        list.All[3].Address.ToString().ShouldBe("::1");
        (list.All[3].Answered, list.All[3].Unanswered).ShouldBe((null, 1));
        default(ClientAddress).ToString().ShouldBe("a Unix socket");
    }

    [Fact]
    public void Of_a_long_name_the_beginning_counts()
    {
        Poller one = Poll(new string('x', 5000))!;

        one.Agent.Length.ShouldBe(Poller.LongestAgent);
        Poll(new string('x', 4000)).ShouldBeSameAs(one);
    }

    [Fact]
    public void The_one_that_has_not_polled_for_longest_makes_room()
    {
        Poller[] first = [.. Enumerable.Range(0, PollerList.Most).Select(i => Poll($"agent {i}")!)];
        Wait(2);
        foreach (Poller one in first.Where(one => one != first[5]))
        {
            one.Note(Ok, now);
        }

        Poller added = Poll("new")!;

        list.All.ShouldBe(first.Where(one => one != first[5]).Append(added), ignoreOrder: true);
        (first[5].IsListed, added.IsListed).ShouldBe((false, true));
    }

    [Fact]
    public void A_flood_of_names_takes_no_more_than_16_places_a_second()
    {
        int recorded = Enumerable.Range(0, 1000).Count(i => Poll($"agent {i}") is not null);
        recorded.ShouldBe(PollerList.Most);

        Wait(1);
        Enumerable.Range(0, 1000).Count(i => Poll($"another {i}") is not null).ShouldBe(PollerList.Most);
        list.All.Count.ShouldBe(PollerList.Most);
        Poll("another 3").ShouldNotBeNull("it is there already");
    }

    [Fact]
    public void A_clock_that_is_set_back_does_not_end_it()
    {
        Enumerable.Range(0, 20).Count(i => Poll($"agent {i}") is not null).ShouldBe(PollerList.Most);

        Wait(-3600);

        Poll("new").ShouldNotBeNull();
    }

    [Theory]
    [InlineData(1, 16)]
    [InlineData(1024, 16)]
    [InlineData(5000, 3)]
    [InlineData(100_000, 1)]
    public void Where_there_are_many_components_each_has_fewer(int components, int most)
    {
        for (int i = 0; i < 50; i++)
        {
            Poll($"agent {i}", components: components);
            Wait(1);
        }

        list.All.Count.ShouldBe(most);
    }
}
