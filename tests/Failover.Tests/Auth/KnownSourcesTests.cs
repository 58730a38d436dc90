using System.Net;

namespace Failover;

public sealed class KnownSourcesTests
{
    [Fact]
    public void A_thousand_sources_are_remembered_those_that_logged_in_last()
    {
        KnownSources known = new();
        known.Contains(Source(0)).ShouldBeFalse();
        for (int i = 0; i < KnownSources.Most; i++)
        {
            known.Remember(Source(i));
        }

        known.Remember(Source(0));
        known.Remember(Source(1000));
        known.Contains(Source(0)).ShouldBeTrue("it has logged in again");
        known.Contains(Source(1)).ShouldBeFalse("its log-in was the oldest");
        Enumerable.Range(2, 999).ShouldAllBe(i => known.Contains(Source(i)));
    }

    private static LoginSource Source(int number) =>
        LoginSource.Of(new IPAddress([10, 0, (byte)(number >> 8), (byte)number]));
}
