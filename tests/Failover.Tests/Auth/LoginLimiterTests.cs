using System.Globalization;
using System.Net;

namespace Failover;

public sealed class LoginLimiterTests
{
    private static readonly IPAddress Someone = IPAddress.Parse("192.0.2.1");

    private readonly ManualTime time = new();
    private readonly LoginLimiter limiter;

    public LoginLimiterTests() => limiter = new(time);

    // F: a failed log-in, R: a right one, +n: n seconds later. x: refused.
    [Theory]
    [InlineData("F F F F F F F F F F F F", ". . . . . . . . . . x x")]
    [InlineData("F F F F F F F F F F R +5.9 R", ". . . . . . . . . . x x")]
    [InlineData("F F F F F F F F F F F +6 F F +6 F F", ". . . . . . . . . . x . x . x")]
    [InlineData("F F F F F F F F F F +6 R R R F F", ". . . . . . . . . . . . . . x")]
    [InlineData("F F F F F F F F F F +12 F F F", ". . . . . . . . . . . . x")]
    [InlineData("F F F F F F F F F F +60 F F F F F F F F F F F", ". . . . . . . . . . . . . . . . . . . . x")]
    [InlineData("+9999 F F F F F F F F F F F", ". . . . . . . . . . x")]
    [InlineData("R R R R R R R R R R R R R R R R R R", ". . . . . . . . . . . . . . . . . .")]
    [InlineData("F R F R F R F R F R F R F R F R F R F R F", ". . . . . . . . . . . . . . . . . . . x x")]
    public void Ten_fail_at_once_and_one_more_every_six_seconds(string what, string expected)
    {
        List<string> seen = [];
        foreach (string step in what.Split(' '))
        {
            if (step[0] == '+')
            {
                time.Advance(Second(double.Parse(step[1..], CultureInfo.InvariantCulture)));
                continue;
            }

            LoginLimiter.LoginAttempt attempt = limiter.Begin(Someone);
            seen.Add(attempt.RetryAfter is null ? "." : "x");
            if (step is "R")
            {
                attempt.GiveBack();
            }
        }

        string.Join(' ', seen).ShouldBe(expected);
    }

    [Fact]
    public void It_says_when_the_next_one_is_free()
    {
        Exhaust(Someone);
        time.Advance(Second(2));
        limiter.Begin(Someone).RetryAfter.ShouldBe(Second(4));
        time.Advance(Second(4));
        limiter.Begin(Someone).RetryAfter.ShouldBeNull();
        limiter.Begin(Someone).RetryAfter.ShouldBe(Second(6));
    }

    [Fact]
    public void Log_ins_that_are_still_under_way_count()
    {
        LoginLimiter.LoginAttempt[] underWay = [.. Enumerable.Range(0, 10).Select(_ => limiter.Begin(Someone))];
        limiter.Begin(Someone).RetryAfter.ShouldNotBeNull();
        underWay[0].GiveBack();
        limiter.Begin(Someone).RetryAfter.ShouldBeNull();
    }

    [Theory]
    [InlineData("192.0.2.1", "192.0.2.1", true)]
    [InlineData("192.0.2.1", "192.0.2.2", false)]
    [InlineData("192.0.2.1", "::ffff:192.0.2.1", true)]
    [InlineData("::ffff:192.0.2.1", "::ffff:192.0.2.2", false)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:2:ffff::2", true)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:3::1", false)]
    [InlineData("fe80::1%1", "fe80::1%2", true)]
    [InlineData("::1", "127.0.0.1", false)]
    [InlineData("::", "0.0.0.0", false)]
    [InlineData("-", "-", true)]
    [InlineData("-", "127.0.0.1", false)]
    public void A_source_is_an_IPv4_address_or_an_IPv6_network(string first, string second, bool isOneSource)
    {
        Exhaust(Address(first));
        (limiter.Begin(Address(second)).RetryAfter is not null).ShouldBe(isOneSource);

        static IPAddress? Address(string text) => text is "-" ? null : IPAddress.Parse(text);
    }

    [Fact]
    public void Beyond_ten_thousand_busy_sources_new_ones_share_a_limit_and_old_ones_keep_theirs()
    {
        Exhaust(Source(0));
        for (int i = 1; i < LoginLimiter.MostSources; i++)
        {
            limiter.Begin(Source(i)).RetryAfter.ShouldBeNull();
        }

        for (int i = 0; i < LoginLimiter.AtOnce; i++)
        {
            limiter.Begin(Source(20_000 + i)).RetryAfter.ShouldBeNull();
        }

        limiter.Begin(Source(30_000)).RetryAfter.ShouldNotBeNull();
        limiter.Begin(Source(0)).RetryAfter.ShouldNotBeNull();
        limiter.Begin(Source(1)).RetryAfter.ShouldBeNull();
        limiter.SourceCount.ShouldBe(LoginLimiter.MostSources);
    }

    [Fact]
    public void Sources_whose_limit_has_filled_up_again_make_room()
    {
        Exhaust(Source(0));
        for (int i = 1; i < LoginLimiter.MostSources; i++)
        {
            limiter.Begin(Source(i));
        }

        time.Advance(LoginLimiter.OneMoreEvery);
        limiter.Begin(Source(20_000));
        limiter.SourceCount.ShouldBe(2);
        limiter.Begin(Source(0)).RetryAfter.ShouldBeNull();
        limiter.Begin(Source(0)).RetryAfter.ShouldNotBeNull();
    }

    private void Exhaust(IPAddress? source)
    {
        for (int i = 0; i < LoginLimiter.AtOnce; i++)
        {
            limiter.Begin(source).RetryAfter.ShouldBeNull();
        }
    }

    private static IPAddress Source(int number) => new([10, (byte)(number >> 16), (byte)(number >> 8), (byte)number]);
}
