using static Failover.ListenerUnderTest;

namespace Failover;

/// <summary>The places for connections, which are the process's and not a port's.</summary>
public sealed class ConnectionQuotaTests
{
    [Fact]
    public async Task Listeners_share_the_places_of_one_quota()
    {
        ConnectionQuota quota = new(2);
        await using Listener one = await StartAsync(FreePort, Says("one"), quota);
        await using Listener two = await StartAsync(FreePort, Says("two"), quota);
        using RawConnection first = await ConnectAsync(one);
        using RawConnection second = await ConnectAsync(two);
        (await AskAsync(first)).ShouldBe("one");
        (await AskAsync(second)).ShouldBe("two");

        using RawConnection third = await ConnectAsync(two);

        (await third.IsClosedAsync()).ShouldBeTrue();
        (await AskAsync(first)).ShouldBe("one");
    }

    [Fact]
    public async Task A_client_that_goes_away_frees_its_place()
    {
        ConnectionQuota quota = new(1);
        await using Listener listener = await StartAsync(FreePort, Says("one"), quota);
        using (RawConnection first = await ConnectAsync(listener))
        {
            (await AskAsync(first)).ShouldBe("one");
            quota.Open.ShouldBe(1);
        }

        SpinWait.SpinUntil(() => quota.Open == 0, Second(30)).ShouldBeTrue();
        using RawConnection second = await ConnectAsync(listener);
        (await AskAsync(second)).ShouldBe("one");
    }

    [Fact]
    public void Management_has_places_of_its_own_out_of_the_same_descriptors()
    {
        (ConnectionQuota served, ConnectionQuota management) = ConnectionQuota.ForServerAndManagement();

        (served.Most + management.Most).ShouldBe(ConnectionQuota.ForServer().Most);
        management.Most.ShouldBeInRange(1, 64);
    }
}
