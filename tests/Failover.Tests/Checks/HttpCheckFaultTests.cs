using System.IO.Compression;
using System.Text;

namespace Failover;

/// <summary>Targets that misbehave: each probe ends at its deadline at the latest, with a cause, bounded memory and a closed
/// connection, for which <see cref="FaultServer"/> waits.</summary>
public sealed class HttpCheckFaultTests
{
    private static readonly byte[] Ok200 = "HTTP/1.1 200 OK\r\n\r\n"u8.ToArray();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_body_without_an_end_is_read_up_to_64_KiB()
    {
        long sent = 0;
        await using FaultServer server = new(
            async (stream, cancel) =>
            {
                await FaultServer.ReadHeadAsync(stream, cancel);
                await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 10000000000\r\n\r\n"u8.ToArray(), cancel);
                byte[] block = Encoding.ASCII.GetBytes(new string('a', 65536));
                for (; sent < 10_000_000_000; sent += block.Length)
                {
                    await stream.WriteAsync(block, cancel);
                }
            }
        );

        Observation seen = await ProbeAsync(new HttpCheck(server.Url, bodyContains: "ready"));
        Observation json = await ProbeAsync(
            new HttpCheck(server.Url, jsonEquals: new Dictionary<string, string> { ["/a"] = "b" })
        );

        (seen.State, seen.Reason).ShouldBe((Fail, "first 64 KiB of body lacks \"ready\""));
        json.Reason.ShouldBe("body is larger than 64 KiB, and no JSON that is read");
        (await ProbeAsync(new HttpCheck(server.Url, bodyContains: "aaa"))).State.ShouldBe(Ok);
        // What the sockets hold, and no more, was sent for nothing.
        sent.ShouldBeLessThan(100_000_000);
    }

    [Theory]
    [InlineData("Content-Length: 65536\r\n\r\n", "")]
    [InlineData("\r\n", "")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n10000\r\n", "\r\n0\r\n\r\n")]
    public async Task A_body_of_exactly_64_KiB_is_whole(string before, string after)
    {
        string text = new('a', HttpAnswer.LargestBody - 2);
        await using FaultServer server = FaultServer.Answering($"HTTP/1.1 200 OK\r\n{before}\"{text}\"{after}");
        HttpCheck check = new(server.Url, jsonEquals: new Dictionary<string, string> { [""] = text });

        Observation seen = await ProbeAsync(check);

        seen.State.ShouldBe(Ok, seen.Reason);
    }

    [Theory]
    [InlineData("Content-Length: 65537\r\n\r\n", "")]
    [InlineData("\r\n", "")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n10001\r\n", "\r\n0\r\n\r\n")]
    public async Task A_body_of_one_byte_more_is_cut(string before, string after)
    {
        string text = new('a', HttpAnswer.LargestBody - 1);
        await using FaultServer server = FaultServer.Answering($"HTTP/1.1 200 OK\r\n{before}\"{text}\"{after}");
        HttpCheck check = new(server.Url, jsonEquals: new Dictionary<string, string> { [""] = text });

        (await ProbeAsync(check)).Reason.ShouldBe("body is larger than 64 KiB, and no JSON that is read");
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nX: ")]
    [InlineData("HTTP/1.1 200 OK\r\nX: a\r\nY: ", "a\r\nY: ")]
    [InlineData("HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 100 Continue\r\n\r\n")]
    [InlineData("", "a")]
    public async Task A_head_without_an_end_is_read_up_to_16_KiB(string begin, string more = "aaaaaaaa")
    {
        await using FaultServer server = new(
            async (stream, cancel) =>
            {
                await FaultServer.ReadHeadAsync(stream, cancel);
                byte[] block = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(more, 1000)));
                await stream.WriteAsync(Encoding.ASCII.GetBytes(begin), cancel);
                while (true)
                {
                    await stream.WriteAsync(block, cancel);
                }
            }
        );

        Observation seen = await ProbeAsync(new HttpCheck(server.Url));

        (seen.State, seen.Reason).ShouldBe(
            (Fail, $"malformed answer, its head is larger than 16 KiB: {server.Authority}")
        );
    }

    [Fact]
    public async Task Many_small_chunks_are_a_body_like_any_other()
    {
        string body = string.Concat(Enumerable.Repeat("1;extension=of-a-chunk\r\na\r\n", 10_000));
        await using FaultServer server = FaultServer.Answering(
            $"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{body}0\r\n\r\n"
        );

        (await ProbeAsync(new HttpCheck(server.Url, bodyMatches: "^a{1000}"))).State.ShouldBe(Ok);
    }

    [Theory]
    [InlineData("", "while waiting for the answer", PhaseClock.Waiting)]
    [InlineData("H", "while reading the answer", PhaseClock.Reading)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nO", "while reading the answer", PhaseClock.Reading)]
    public async Task A_target_that_stops_is_a_timeout_that_names_the_phase(string begin, string phase, int readings)
    {
        await using FaultServer server = new(
            async (stream, cancel) => await stream.WriteAsync(Encoding.ASCII.GetBytes(begin), cancel)
        );

        Observation seen = await PhaseClock.ProbeAsync(new HttpCheck(server.Url), readings);

        (seen.State, seen.Reason, seen.IsTimeout).ShouldBe(
            (Fail, $"timed out after 10s {phase}: {server.Authority}", true)
        );
    }

    [Fact]
    public async Task A_target_that_says_nothing_by_HTTP_2_is_a_timeout_too()
    {
        await using FaultServer server = new((_, _) => Task.CompletedTask);

        Observation seen = await PhaseClock.ProbeAsync(
            new HttpCheck(server.Url, protocol: HttpProtocol.Http2),
            PhaseClock.Waiting
        );

        (seen.State, seen.Reason, seen.IsTimeout).ShouldBe(
            (Fail, $"timed out after 10s while waiting for the answer: {server.Authority}", true)
        );
    }

    [Fact]
    public async Task A_target_that_sends_byte_after_byte_is_held_to_the_one_deadline()
    {
        using SemaphoreSlim next = new(0);
        PhaseClock clock = new();
        await using FaultServer server = new(
            async (stream, cancel) =>
            {
                await stream.WriteAsync(Ok200, cancel);
                for (int count = 0; count < 5; count++)
                {
                    await next.WaitAsync(cancel);
                    await stream.WriteAsync("a"u8.ToArray(), cancel);
                }
            }
        );
        Task<Observation> probe = new HttpCheck(server.Url, timeout: Second(5)).ProbeAsync(clock, Cancel).AsTask();
        await clock.UntilAsync(PhaseClock.Reading);

        for (int second = 1; second < 5; second++)
        {
            next.Release();
            clock.Advance(Second(1));
        }

        probe.IsCompleted.ShouldBeFalse();
        next.Release();
        clock.Advance(Second(1));
        (await probe).Reason.ShouldBe($"timed out after 5s while reading the answer: {server.Authority}");
    }

    [Fact]
    public async Task An_answer_counts_that_comes_before_the_request_is_read()
    {
        await using FaultServer server = new(
            async (stream, cancel) =>
            {
                await stream.WriteAsync("HTTP/1.1 413 Too large\r\nContent-Length: 0\r\n\r\n"u8.ToArray(), cancel);
            }
        );

        Observation seen = await ProbeAsync(new HttpCheck(server.Url, "POST", body: new string('a', 10_000_000)));

        (seen.State, seen.Reason).ShouldBe((Fail, "status 413"));
    }

    [Fact]
    public async Task A_reset_is_a_fail_and_no_timeout()
    {
        await using FaultServer server = new(
            async (stream, cancel) =>
            {
                await FaultServer.ReadHeadAsync(stream, cancel);
                System.Net.Sockets.Socket socket = ((System.Net.Sockets.NetworkStream)stream).Socket;
                socket.LingerState = new(enable: true, seconds: 0);
                socket.Dispose();
            }
        );

        Observation seen = await ProbeAsync(new HttpCheck(server.Url));

        (seen.State, seen.Reason, seen.IsTimeout).ShouldBe(
            (Fail, $"connection reset while waiting for the answer: {server.Authority}", false)
        );
    }

    [Fact]
    public async Task A_compressed_body_is_not_unpacked()
    {
        using MemoryStream bomb = new();
        await using (GZipStream packer = new(bomb, CompressionLevel.Optimal, leaveOpen: true))
        {
            await packer.WriteAsync(new byte[50_000_000], Cancel);
        }

        await using FaultServer server = FaultServer.Answering(
            $"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n{Encoding.Latin1.GetString(bomb.ToArray())}"
        );

        (await ProbeAsync(new HttpCheck(server.Url))).State.ShouldBe(Ok);
        (await ProbeAsync(new HttpCheck(server.Url, bodyContains: "a"))).Reason.ShouldBe(
            "body is compressed (gzip), which was not asked for"
        );
    }

    [Theory]
    [InlineData("(a+)+$")]
    [InlineData("(a|aa)*c$")]
    [InlineData("(.*.*)*b$")]
    public async Task A_regular_expression_takes_a_time_that_is_linear_in_the_body(string pattern)
    {
        await using FaultServer server = FaultServer.Answering($"HTTP/1.1 200 OK\r\n\r\n{new string('a', 60_000)}!");

        Observation seen = await ProbeAsync(new HttpCheck(server.Url, bodyMatches: pattern));

        (seen.State, seen.Reason).ShouldBe((Fail, $"body does not match \"{pattern}\""));
    }

    [Fact]
    public async Task Deep_JSON_is_no_JSON_that_is_read()
    {
        await using FaultServer server = FaultServer.Answering($"HTTP/1.1 200 OK\r\n\r\n{new string('[', 60_000)}");
        HttpCheck check = new(server.Url, jsonEquals: new Dictionary<string, string> { ["/0"] = "1" });

        (await ProbeAsync(check)).Reason.ShouldBe("body is no JSON");
    }

    // One character of the body for each byte.
    [Theory]
    [InlineData(@"{""a"": ""\ud800""}", "/a", "JSON is no valid Unicode on the way to \"/a\"")]
    [InlineData("{\"a\": \"\u00ff\"}", "/a", "JSON is no valid Unicode on the way to \"/a\"")]
    [InlineData("{\"a\": {\"b\": \"\u00ff\"}}", "/a", "JSON is no valid Unicode on the way to \"/a\"")]
    [InlineData(@"{""\ud800"": 1}", "/a", "JSON is no valid Unicode on the way to \"/a\"")]
    [InlineData(@"{""\ud800a"": 1}", "/\ufffda", "JSON is no valid Unicode on the way to \"/\ufffda\"")]
    [InlineData("{\"b\": \"\u00ff\", \"a\": 2}", "/a", "JSON has \"2\" at \"/a\", not \"1\"")]
    public async Task JSON_that_is_no_Unicode_is_a_fail_where_it_is_asked_for(string body, string place, string reason)
    {
        await using FaultServer server = FaultServer.Answering($"HTTP/1.1 200 OK\r\n\r\n{body}");
        HttpCheck check = new(server.Url, jsonEquals: new Dictionary<string, string> { [place] = "1" });

        Observation seen = await ProbeAsync(check);

        (seen.State, seen.Reason).ShouldBe((Fail, reason));
    }

    private static async Task<Observation> ProbeAsync(HttpCheck check) =>
        await check.ProbeAsync(TimeProvider.System, Cancel);
}
