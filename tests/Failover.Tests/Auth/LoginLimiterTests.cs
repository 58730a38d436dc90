using System.Globalization;
using System.Net;

namespace Failover;

public sealed class LoginLimiterTests
{
    private static readonly LoginSource Someone = LoginSource.Of(IPAddress.Parse("192.0.2.1"));

    private readonly ManualTime time = new();
    private readonly LoginLimiter limiter;
    private readonly string[] names;

    public LoginLimiterTests()
    {
        limiter = new(time, key: new byte[32]);
        names =
        [
            .. Enumerable
                .Range(0, 2000)
                .Select(number => $"user{number}")
                .DistinctBy(limiter.BucketOf)
                .OrderBy(limiter.BucketOf),
        ];
        names.Length.ShouldBe(LoginLimiter.Names);
    }

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
    public void With_one_name_ten_fail_at_once_and_one_more_every_six_seconds(string what, string expected)
    {
        List<string> seen = [];
        foreach (string step in what.Split(' '))
        {
            if (step[0] == '+')
            {
                time.Advance(Second(double.Parse(step[1..], CultureInfo.InvariantCulture)));
                continue;
            }

            LoginLimiter.LoginAttempt attempt = limiter.Begin(Someone, names[0]);
            seen.Add(attempt.RetryAfter is null ? "." : "x");
            if (step is "R")
            {
                attempt.GiveBack();
            }
        }

        string.Join(' ', seen).ShouldBe(expected);
    }

    [Fact]
    public void Guesses_at_one_name_never_touch_another_name_or_another_source()
    {
        LoginSource elsewhere = LoginSource.Of(IPAddress.Parse("192.0.2.2"));
        for (int i = 0; i < 10_000; i++)
        {
            limiter.Begin(Someone, names[0]);
            time.Advance(Second(0.1));
            Try(Someone, names[1]).ShouldBeNull();
            Try(elsewhere, names[0]).ShouldBeNull();
        }

        limiter.Begin(Someone, names[0]).RetryAfter.ShouldNotBeNull();

        // A right log-in.
        TimeSpan? Try(LoginSource source, string name)
        {
            LoginLimiter.LoginAttempt attempt = limiter.Begin(source, name);
            attempt.GiveBack();
            return attempt.RetryAfter;
        }
    }

    [Fact]
    public void With_many_names_forty_fail_at_once_and_two_more_every_three_seconds()
    {
        for (int i = 0; i < LoginLimiter.AtOnceInAll; i++)
        {
            limiter.Begin(Someone, names[i]).RetryAfter.ShouldBeNull();
        }

        limiter.Begin(Someone, names[40]).RetryAfter.ShouldBe(Second(1.5));
        time.Advance(Second(3));
        limiter.Begin(Someone, names[41]).RetryAfter.ShouldBeNull();
        limiter.Begin(Someone, names[42]).RetryAfter.ShouldBeNull();
        limiter.Begin(Someone, names[43]).RetryAfter.ShouldBe(Second(1.5));
    }

    [Fact]
    public void What_is_refused_costs_nothing_more()
    {
        for (int i = 0; i < 100; i++)
        {
            limiter.Begin(Someone, names[0]);
        }

        for (int i = 0; i < 30; i++)
        {
            limiter.Begin(Someone, names[1 + i]).RetryAfter.ShouldBeNull();
        }

        limiter.Begin(Someone, names[31]).RetryAfter.ShouldNotBeNull("forty in all");
    }

    [Fact]
    public void The_key_is_another_one_in_each_process_so_that_nobody_knows_whose_bucket_is_whose()
    {
        LoginLimiter one = new(time);
        LoginLimiter other = new(time);
        names.Count(name => one.BucketOf(name) == other.BucketOf(name)).ShouldBeLessThan(names.Length / 2);
        one.BucketOf("alice").ShouldBe(one.BucketOf("alice"));
    }

    [Fact]
    public void It_says_when_the_next_one_is_free()
    {
        Exhaust(Someone);
        time.Advance(Second(2));
        limiter.Begin(Someone, names[0]).RetryAfter.ShouldBe(Second(4));
        time.Advance(Second(4));
        limiter.Begin(Someone, names[0]).RetryAfter.ShouldBeNull();
        limiter.Begin(Someone, names[0]).RetryAfter.ShouldBe(Second(6));
    }

    [Fact]
    public void Log_ins_in_flight_count()
    {
        LoginLimiter.LoginAttempt[] underWay =
        [
            .. Enumerable.Range(0, 10).Select(_ => limiter.Begin(Someone, names[0])),
        ];
        limiter.Begin(Someone, names[0]).RetryAfter.ShouldNotBeNull();
        underWay[0].GiveBack();
        limiter.Begin(Someone, names[0]).RetryAfter.ShouldBeNull();
    }

    [Fact]
    public void Beyond_ten_thousand_busy_sources_new_ones_share_a_limit_and_old_ones_keep_theirs()
    {
        Fill();

        for (int i = 0; i < LoginLimiter.AtOnce; i++)
        {
            limiter.Begin(Source(20_000 + i), names[0]).RetryAfter.ShouldBeNull();
        }

        limiter.Begin(Source(30_000), names[0]).RetryAfter.ShouldNotBeNull();
        limiter.Begin(Source(0), names[0]).RetryAfter.ShouldNotBeNull();
        limiter.Begin(Source(1), names[0]).RetryAfter.ShouldBeNull();
        limiter.SourceCount.ShouldBe(LoginLimiter.MostSources);
    }

    [Fact]
    public void A_source_that_has_logged_in_before_has_a_limit_of_its_own_in_any_flood_of_sources()
    {
        Fill();
        for (int i = 0; i < LoginLimiter.AtOnce; i++)
        {
            limiter.Begin(Source(20_000), names[0]);
        }

        limiter.Begin(Source(30_000), names[0]).RetryAfter.ShouldNotBeNull();
        for (int i = 0; i < 2 * KnownSources.Most; i++)
        {
            limiter.Begin(Source(40_000 + i), names[0], isKnown: true);
        }

        limiter.Begin(Source(40_000), names[0], isKnown: true).RetryAfter.ShouldBeNull();
        limiter.SourceCount.ShouldBe(LoginLimiter.MostSources + KnownSources.Most);
    }

    [Fact]
    public void Sources_whose_limit_has_filled_up_again_make_room()
    {
        Fill();
        time.Advance(LoginLimiter.OneMoreEvery);
        limiter.Begin(Source(20_000), names[0]);
        limiter.SourceCount.ShouldBe(2);
        limiter.Begin(Source(0), names[0]).RetryAfter.ShouldBeNull();
        limiter.Begin(Source(0), names[0]).RetryAfter.ShouldNotBeNull();
    }

    // The first source is at its limit.
    private void Fill()
    {
        Exhaust(Source(0));
        for (int i = 1; i < LoginLimiter.MostSources; i++)
        {
            limiter.Begin(Source(i), names[0]).RetryAfter.ShouldBeNull();
        }
    }

    private void Exhaust(LoginSource source)
    {
        for (int i = 0; i < LoginLimiter.AtOnce; i++)
        {
            limiter.Begin(source, names[0]).RetryAfter.ShouldBeNull();
        }
    }

    private static LoginSource Source(int number) =>
        LoginSource.Of(new IPAddress([10, (byte)(number >> 16), (byte)(number >> 8), (byte)number]));
}
