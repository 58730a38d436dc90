namespace Failover;

/// <summary>One request, and what its answer says.</summary>
public sealed class OtlpClientTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    // ExportMetricsServiceResponse: partial_success, with rejected_data_points 3 and error_message "no such tenant".
    [InlineData(
        "0a 12 08 03 12 0e 6e 6f 20 73 75 63 68 20 74 65 6e 61 6e 74",
        "3 data points are rejected: no such tenant"
    )]
    [InlineData("0a 02 08 05", "5 data points are rejected")]
    [InlineData("0a 03 12 01 21", "!")]
    [InlineData("0a 00", null)]
    [InlineData("", null)]
    [InlineData("ff ff ff", null)]
    [InlineData("0a 7f 08 03", null)]
    [InlineData("3c 68 74 6d 6c 3e", null)]
    public void A_receiver_may_complain_of_what_it_has_taken(string answer, string? complaint) =>
        OtlpAnswer
            .Complaint(Convert.FromHexString(answer.Replace(" ", "", StringComparison.Ordinal)))
            .ShouldBe(complaint);

    [Theory]
    [InlineData("120")]
    [InlineData("Thu, 01 Jan 1970 00:02:00 GMT")]
    public async Task How_long_to_leave_it_alone_is_read_from_the_answer(string retryAfter)
    {
        await using OtlpReceiver receiver = await OtlpReceiver.StartAsync();
        receiver.Answer = http =>
        {
            http.Response.StatusCode = 503;
            http.Response.Headers.RetryAfter = retryAfter;
            return Task.CompletedTask;
        };

        OtlpOutcome outcome = await new OtlpClient(
            new() { Endpoint = receiver.Url },
            "1.2.3",
            new ManualTime { WallClock = DateTimeOffset.UnixEpoch }
        ).SendAsync([], Cancel);

        outcome.ShouldBe(OtlpOutcome.Failed("the answer is 503", Second(120)));
    }

    [Fact]
    public void No_point_begins_after_its_moment_though_the_clock_was_set_back()
    {
        DateTimeOffset now = DateTimeOffset.UnixEpoch + Second(1);
        OtlpRequest late = new(now + Second(5), now);
        OtlpRequest same = new(now, now);
        foreach (OtlpRequest request in (OtlpRequest[])[late, same])
        {
            request.Begin("polls_total", MetricType.Counter, "Polls.");
            request.Sample(1);
        }

        late.End([], "1.2.3").ShouldBe(same.End([], "1.2.3"));
    }
}
