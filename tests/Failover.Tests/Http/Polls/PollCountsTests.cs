namespace Failover;

/// <summary>Polls are counted by what was answered, whoever answered.</summary>
public sealed class PollCountsTests
{
    [Fact]
    public async Task Polls_are_counted_by_their_answer()
    {
        ScriptedCheck check = new();
        await using HealthCheckServer server = await ServerUnderTest.StartAsync("mail", check);

        await GetAsync(server, "/mail");
        await GetAsync(server, "/mail?query");
        // Not of the plainest kind: for the web server, where there are loops at all.
        await GetAsync(server, "/m%61il");
        check.Sees = Fail;
        await GetAsync(server, "/mail");
        await GetAsync(server, "/m%61il");
        check.Sees = Error;
        await GetAsync(server, "/mail");
        await GetAsync(server, "/none");

        Enum.GetValues<PollAnswer>().Select(server.Service.Polls.Of).ShouldBe([3, 2, 1, 1]);
    }

    [Fact]
    public void Each_loop_has_counts_of_its_own_and_all_are_added_up()
    {
        PollCounts counts = new();
        counts.OfLoop(3).Count(Ok);
        counts.OfLoop(0).Count(Ok);
        counts.OfLoop(3).ShouldBeSameAs(counts.OfLoop(3));
        counts.Count(PollAnswer.Ok);

        counts.Of(PollAnswer.Ok).ShouldBe(3);
        counts.Of(PollAnswer.NotFound).ShouldBe(0);
    }

    [Fact]
    public async Task None_is_lost_however_many_count_at_a_time()
    {
        PollCounts counts = new();
        await Task.WhenAll(
            Enumerable
                .Range(0, 8)
                .Select(_ =>
                    Task.Run(() =>
                    {
                        for (int i = 0; i < 10_000; i++)
                        {
                            counts.Count(PollAnswer.Fail);
                        }
                    })
                )
        );

        counts.Of(PollAnswer.Fail).ShouldBe(80_000);
    }

    private static Task<RawAnswer> GetAsync(HealthCheckServer server, string path) =>
        RawConnection.GetAsync(server.Port, path);
}
